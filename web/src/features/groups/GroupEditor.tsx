import { Form } from 'antd'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { client, type Schema, unwrap } from '~/api/client'
import { useMay } from '~/lib/me'
import { Editor } from '~/ui/Editor'
import type { Field } from '~/ui/Fields'
import { TargetPicker } from '~/ui/TargetPicker'
import { useSaver } from '~/ui/useSaver'
import { Members } from './Members'

type Group = Schema['RingGroup']

const STRATEGIES = ['simultaneous', 'enterprise', 'sequence', 'rollover', 'random'] as const
const TOGETHER: string[] = ['simultaneous', 'enterprise']

/** The members' own fields follow how the group rings. */
function MembersField(control: Omit<Parameters<typeof Members>[0], 'together'>) {
  const strategy = Form.useWatch('strategy')
  return <Members {...control} together={TOGETHER.includes(strategy)} />
}

export function GroupEditor({
  row,
  open,
  onClose,
}: {
  row: Group | null
  open: boolean
  onClose: () => void
}) {
  const { t } = useTranslation()
  const saver = useSaver('groups')
  const mayEdit = useMay('edit_config')
  const strategies = STRATEGIES.map((value) => ({ value, label: t(`groups.${value}`) }))
  const fields: Field[] = [
    { name: 'name', label: 'groups.name', kind: 'text', required: true, placeholder: t('groups.nameHint') },
    { name: 'strategy', label: 'groups.strategy', kind: 'select', options: strategies, required: true },
    {
      name: 'members',
      label: 'groups.members',
      kind: 'own',
      required: true,
      help: 'groups.membersHelp',
      draw: <MembersField />,
    },
    {
      name: 'ring_s',
      label: 'groups.ring',
      kind: 'number',
      min: 1,
      max: 600,
      suffix: t('unit.seconds'),
      help: 'groups.ringHelp',
    },
    {
      name: 'on_no_answer',
      label: 'groups.otherwise',
      kind: 'own',
      help: 'groups.otherwiseHelp',
      draw: <TargetPicker optional />,
    },
  ]
  const values = useMemo(
    () => ({ strategy: 'simultaneous', ...row, ring_s: (row?.ring_ms ?? 20_000) / 1000 }),
    [row],
  )
  const save = async (filled: Record<string, unknown>) => {
    const {
      name,
      strategy,
      members,
      ring_s,
      on_no_answer = null,
    } = filled as unknown as Group & {
      ring_s: number
    }
    const body = { name, strategy, members, ring_ms: Math.round(ring_s * 1000), on_no_answer }
    const params = { path: { group_id: row?.id ?? '' } }
    await saver(
      row
        ? unwrap(client.PATCH('/api/v1/ring-groups/{group_id}', { params, body }))
        : unwrap(client.POST('/api/v1/ring-groups', { body })),
    )
  }
  const remove = row && {
    question: t('groups.removeAsk', { name: row.name }),
    effect: t('groups.removeEffect'),
    run: () =>
      saver(
        unwrap(client.DELETE('/api/v1/ring-groups/{group_id}', { params: { path: { group_id: row.id } } })),
      ),
  }
  return (
    <Editor
      open={open}
      title={row?.name ?? t('groups.add')}
      fields={fields}
      values={values}
      save={mayEdit ? save : undefined}
      remove={remove ?? undefined}
      onClose={onClose}
    />
  )
}
