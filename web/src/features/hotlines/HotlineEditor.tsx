import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { client, type Schema, unwrap } from '~/api/client'
import { schedulesQuery, trunksQuery } from '~/api/lists'
import { useMay } from '~/lib/me'
import { formatPhone } from '~/lib/phone'
import { Editor } from '~/ui/Editor'
import type { Field } from '~/ui/Fields'
import { TargetPicker } from '~/ui/TargetPicker'
import { useSaver } from '~/ui/useSaver'

type Hotline = Schema['Hotline']

export function HotlineEditor({
  row,
  open,
  onClose,
}: {
  row: Hotline | null
  open: boolean
  onClose: () => void
}) {
  const { t } = useTranslation()
  const saver = useSaver('hotlines')
  const mayEdit = useMay('edit_config')
  const trunks = useQuery(trunksQuery).data ?? []
  const schedules = useQuery(schedulesQuery).data ?? []
  const fields: Field[] = [
    {
      name: 'number',
      label: 'hotlines.number',
      kind: 'text',
      required: true,
      disabled: row !== null,
      placeholder: '028 7300 0001',
    },
    { name: 'name', label: 'hotlines.name', kind: 'text', help: 'hotlines.nameHelp' },
    { name: 'target', label: 'hotlines.target', kind: 'own', required: true, draw: <TargetPicker /> },
    {
      name: 'schedule',
      label: 'hotlines.schedule',
      kind: 'select',
      help: 'hotlines.scheduleHelp',
      options: schedules.map(({ id, name }) => ({ value: id, label: name })),
    },
    {
      name: 'closed_target',
      label: 'hotlines.closed',
      kind: 'own',
      draw: <TargetPicker optional />,
      when: (values) => Boolean(values.schedule),
    },
    {
      name: 'holiday_target',
      label: 'hotlines.holiday',
      kind: 'own',
      help: 'hotlines.holidayHelp',
      draw: <TargetPicker optional />,
      when: (values) => Boolean(values.schedule),
    },
    {
      name: 'trunk',
      label: 'hotlines.trunk',
      kind: 'select',
      help: 'hotlines.trunkHelp',
      options: trunks.map(({ id, name }) => ({ value: id, label: name })),
    },
  ]
  const values = useMemo(() => ({ ...row, number: row ? formatPhone(row.number) : undefined }), [row])
  const save = async (filled: Record<string, unknown>) => {
    const { number, name, target, trunk, ...hours } = filled as unknown as Hotline
    const body = {
      name: name || undefined,
      target,
      trunk: trunk || undefined,
      schedule: hours.schedule ?? null,
      closed_target: hours.closed_target ?? null,
      holiday_target: hours.holiday_target ?? null,
    }
    const params = { path: { hotline_id: row?.id ?? '' } }
    await saver(
      row
        ? unwrap(client.PATCH('/api/v1/hotlines/{hotline_id}', { params, body }))
        : unwrap(client.POST('/api/v1/hotlines', { body: { ...body, number } })),
    )
  }
  const remove = row && {
    question: t('hotlines.removeAsk', { number: formatPhone(row.number) }),
    effect: t('hotlines.removeEffect'),
    run: () =>
      saver(
        unwrap(client.DELETE('/api/v1/hotlines/{hotline_id}', { params: { path: { hotline_id: row.id } } })),
      ),
  }
  return (
    <Editor
      open={open}
      title={row ? formatPhone(row.number) : t('hotlines.add')}
      fields={fields}
      values={values}
      save={mayEdit ? save : undefined}
      remove={remove ?? undefined}
      onClose={onClose}
    />
  )
}
