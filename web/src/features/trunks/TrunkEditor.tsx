import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { client, type Schema, unwrap } from '~/api/client'
import { useMay } from '~/lib/me'
import { Editor } from '~/ui/Editor'
import type { Field } from '~/ui/Fields'
import { useSaver } from '~/ui/useSaver'

type Trunk = Schema['Trunk']
type Filled = Trunk & { password?: string }

export function TrunkEditor({
  row,
  open,
  onClose,
}: {
  row: Trunk | null
  open: boolean
  onClose: () => void
}) {
  const { t } = useTranslation()
  const saver = useSaver('trunks', 'presence')
  const mayEdit = useMay('edit_config')
  const words = (list: string[]) => list.map((value) => ({ value, label: t(`trunks.${value}`) }))
  const registers = (values: Record<string, unknown>) => values.kind === 'registration'
  const fields: Field[] = [
    { name: 'name', label: 'trunks.name', kind: 'text', required: true, placeholder: 'Viettel' },
    {
      name: 'kind',
      label: 'trunks.kind',
      kind: 'select',
      required: true,
      disabled: row !== null,
      options: words(['address', 'registration']),
      help: 'trunks.kindHelp',
    },
    {
      name: 'addresses',
      label: 'trunks.addresses',
      kind: 'words',
      placeholder: '203.0.113.0/28',
      help: 'trunks.addressesHelp',
    },
    {
      name: 'server',
      label: 'trunks.server',
      kind: 'text',
      placeholder: 'sip.carrier.vn:5060',
      help: 'trunks.serverHelp',
    },
    { name: 'login', label: 'trunks.login', kind: 'text', when: registers },
    {
      name: 'password',
      label: 'trunks.password',
      kind: 'password',
      when: registers,
      ...(row ? { help: 'trunks.passwordHelp' } : {}),
    },
    {
      name: 'transport',
      label: 'trunks.transport',
      kind: 'select',
      options: [
        { value: 'udp', label: 'UDP' },
        { value: 'tcp', label: 'TCP' },
        { value: 'tls', label: 'TLS' },
      ],
    },
    {
      name: 'srtp',
      label: 'srtp.label',
      kind: 'select',
      options: ['off', 'optional', 'required'].map((value) => ({ value, label: t(`srtp.${value}`) })),
      help: 'srtp.help',
    },
    {
      name: 'number_format',
      label: 'trunks.format',
      kind: 'select',
      options: words(['national', 'e164', 'plain']),
      help: 'trunks.formatHelp',
    },
    { name: 'max_calls', label: 'trunks.max', kind: 'number', min: 0, help: 'trunks.maxHelp' },
  ]
  if (row) fields.push({ name: 'enabled', label: 'trunks.enabled', kind: 'switch' })
  const values = useMemo(
    () => ({
      kind: 'address',
      transport: 'udp',
      srtp: 'optional',
      number_format: 'national',
      max_calls: 0,
      addresses: [],
      ...row,
    }),
    [row],
  )
  const save = async (filled: Record<string, unknown>) => {
    const { kind, name, addresses, server, login, password, transport, srtp, number_format, max_calls } =
      filled as unknown as Filled
    const { enabled } = filled as unknown as Filled
    const body = {
      name,
      addresses,
      transport,
      srtp,
      number_format,
      max_calls,
      login: login || undefined,
      password: password || undefined,
    }
    const params = { path: { trunk_id: row?.id ?? '' } }
    await saver(
      row
        ? unwrap(
            client.PATCH('/api/v1/trunks/{trunk_id}', {
              params,
              body: { ...body, server: server || undefined, enabled },
            }),
          )
        : unwrap(client.POST('/api/v1/trunks', { body: { ...body, server: server || undefined, kind } })),
    )
  }
  const remove = row && {
    question: t('trunks.removeAsk', { name: row.name }),
    effect: t('trunks.removeEffect'),
    run: () =>
      saver(unwrap(client.DELETE('/api/v1/trunks/{trunk_id}', { params: { path: { trunk_id: row.id } } }))),
  }
  return (
    <Editor
      open={open}
      title={row?.name ?? t('trunks.add')}
      fields={fields}
      values={values}
      save={mayEdit ? save : undefined}
      remove={remove ?? undefined}
      onClose={onClose}
    />
  )
}
