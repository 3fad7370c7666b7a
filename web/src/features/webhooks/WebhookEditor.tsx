import { Modal } from 'antd'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client, type Schema, unwrap } from '~/api/client'
import { Copy } from '~/ui/Copy'
import { Editor } from '~/ui/Editor'
import type { Field } from '~/ui/Fields'
import { useSaver } from '~/ui/useSaver'

type Webhook = Schema['Webhook']

const KINDS = [
  'call.*',
  'call.started',
  'call.ringing',
  'call.answered',
  'call.ended',
  'extension.*',
  'hotline.*',
]

const DIALECTS = ['alo', 'omicall', 'voicecloud', 'etelecom']

/** What receivers of a dialect may choose; see the API's `choices`. */
const CHOICES: Record<string, string[]> = {
  voicecloud: ['json', 'sql_dates'],
  omicall: ['ringing', 'answered', 'hangup'],
  etelecom: ['call_log', 'extension'],
}

interface Props {
  row: Webhook | null
  open: boolean
  onClose: () => void
  onRemoved?: () => void
}

export function WebhookEditor({ row, open, onClose, onRemoved }: Props) {
  const { t } = useTranslation()
  const saver = useSaver('webhooks')
  const [secret, setSecret] = useState<string | null>(null)
  const fields: Field[] = [
    {
      name: 'url',
      label: 'webhooks.url',
      kind: 'text',
      required: true,
      placeholder: 'https://crm.congty.vn/alo',
      help: 'webhooks.urlHelp',
    },
    { name: 'description', label: 'webhooks.description', kind: 'text' },
    {
      name: 'kinds',
      label: 'webhooks.kinds',
      kind: 'many',
      help: 'webhooks.kindsHelp',
      options: KINDS.map((value) => ({ value, label: value })),
    },
  ]
  fields.push({
    name: 'dialect',
    label: 'webhooks.dialect',
    kind: 'select',
    required: true,
    disabled: row !== null,
    options: DIALECTS.map((value) => ({ value, label: t(`webhooks.dialect_${value}`) })),
    help: 'webhooks.dialectHelp',
  })
  for (const [dialect, choices] of Object.entries(CHOICES)) {
    fields.push({
      name: `choices_${dialect}`,
      label: 'webhooks.choices',
      kind: 'many',
      when: (values) => values.dialect === dialect,
      options: choices.map((value) => ({ value, label: t(`webhooks.choice_${value}`) })),
      help: `webhooks.choicesHelp_${dialect}`,
    })
  }
  if (row) fields.push({ name: 'enabled', label: 'webhooks.enabled', kind: 'switch' })
  const values = useMemo(
    () => ({
      kinds: ['call.*'],
      dialect: 'alo',
      ...row,
      ...(row ? { [`choices_${row.dialect}`]: row.choices } : {}),
    }),
    [row],
  )
  const params = { path: { webhook_id: row?.id ?? '' } }
  const save = async (filled: Record<string, unknown>) => {
    const { url, description, kinds, enabled, dialect } = filled as unknown as Webhook
    const choices = (filled[`choices_${dialect}`] as string[] | undefined) ?? []
    const body = { url, description: description ?? '', kinds, choices }
    if (row)
      return saver(
        unwrap(client.PATCH('/api/v1/webhooks/{webhook_id}', { params, body: { ...body, enabled } })),
      )
    const made = await unwrap(client.POST('/api/v1/webhooks', { body: { ...body, dialect } }))
    setSecret(made.secret)
    await saver(Promise.resolve())
  }
  const remove = row && {
    question: t('webhooks.removeAsk'),
    effect: t('webhooks.removeEffect'),
    run: async () => {
      await saver(unwrap(client.DELETE('/api/v1/webhooks/{webhook_id}', { params })))
      onRemoved?.()
    },
  }
  return (
    <>
      <Editor
        open={open}
        title={row ? row.url : t('webhooks.add')}
        fields={fields}
        values={values}
        save={save}
        remove={remove ?? undefined}
        onClose={onClose}
      />
      <SecretShown secret={secret} onClose={() => setSecret(null)} />
    </>
  )
}

/** The secret by which the receiver knows us, shown this once. */
export function SecretShown({ secret, onClose }: { secret: string | null; onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Modal
      open={secret !== null}
      title={t('webhooks.secret')}
      closable={false}
      onOk={onClose}
      cancelButtonProps={{ hidden: true }}
      okText={t('people.done')}
    >
      <p className="muted">{t('webhooks.secretAbout')}</p>
      <Copy text={secret ?? ''} label={t('webhooks.secret')} />
    </Modal>
  )
}
