import { useQuery } from '@tanstack/react-query'
import { Segmented } from 'antd'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { client, type Schema, unwrap } from '~/api/client'
import { extensionsQuery } from '~/api/lists'
import { useMay } from '~/lib/me'
import { extensionName } from '~/lib/names'
import { Editor } from '~/ui/Editor'
import type { Field } from '~/ui/Fields'
import { useSaver } from '~/ui/useSaver'

type Group = Schema['RingGroup']

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
  const extensions = useQuery(extensionsQuery).data ?? []
  const strategies = ['simultaneous', 'sequential'].map((value) => ({ value, label: t(`groups.${value}`) }))
  const fields: Field[] = [
    { name: 'name', label: 'groups.name', kind: 'text', required: true, placeholder: t('groups.nameHint') },
    { name: 'strategy', label: 'groups.strategy', kind: 'own', draw: <Segmented options={strategies} /> },
    {
      name: 'members',
      label: 'groups.members',
      kind: 'many',
      required: true,
      help: 'groups.membersHelp',
      options: extensions.map((one) => ({ value: one.id, label: extensionName(one) })),
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
  ]
  const values = useMemo(
    () => ({ strategy: 'simultaneous', ...row, ring_s: (row?.ring_ms ?? 20_000) / 1000 }),
    [row],
  )
  const save = async (filled: Record<string, unknown>) => {
    const { name, strategy, members, ring_s } = filled as unknown as Group & { ring_s: number }
    const body = { name, strategy, members, ring_ms: Math.round(ring_s * 1000) }
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
