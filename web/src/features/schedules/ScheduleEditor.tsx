import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { client, type Schema, unwrap } from '~/api/client'
import { useMay } from '~/lib/me'
import { Editor } from '~/ui/Editor'
import type { Field } from '~/ui/Fields'
import { useSaver } from '~/ui/useSaver'
import { Holidays } from './Holidays'
import { Week } from './Week'

type Schedule = Schema['Schedule']

const WORKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri'] as const

export function ScheduleEditor({
  row,
  open,
  onClose,
}: {
  row: Schedule | null
  open: boolean
  onClose: () => void
}) {
  const { t } = useTranslation()
  const saver = useSaver('schedules')
  const mayEdit = useMay('edit_config')
  const fields: Field[] = [
    {
      name: 'name',
      label: 'schedules.name',
      kind: 'text',
      required: true,
      placeholder: t('schedules.nameHint'),
    },
    { name: 'weekly', label: 'schedules.weekly', kind: 'own', help: 'schedules.weeklyHelp', draw: <Week /> },
    {
      name: 'holidays',
      label: 'schedules.holidays',
      kind: 'own',
      help: 'schedules.holidaysHelp',
      draw: <Holidays />,
    },
    {
      name: 'time_zone',
      label: 'schedules.zone',
      kind: 'text',
      help: 'schedules.zoneHelp',
      placeholder: 'Asia/Ho_Chi_Minh',
    },
  ]
  const values = useMemo(
    () =>
      row ?? {
        weekly: [
          { days: [...WORKDAYS], from: '08:00', to: '12:00' },
          { days: [...WORKDAYS], from: '13:30', to: '17:30' },
        ],
        holidays: [],
      },
    [row],
  )
  const save = async (filled: Record<string, unknown>) => {
    const { name, weekly, holidays, time_zone } = filled as unknown as Schedule
    const body = { name, weekly, holidays, time_zone: time_zone || null }
    const params = { path: { schedule_id: row?.id ?? '' } }
    await saver(
      row
        ? unwrap(client.PATCH('/api/v1/schedules/{schedule_id}', { params, body }))
        : unwrap(client.POST('/api/v1/schedules', { body })),
    )
  }
  const remove = row && {
    question: t('schedules.removeAsk', { name: row.name }),
    effect: t('schedules.removeEffect'),
    run: () =>
      saver(
        unwrap(
          client.DELETE('/api/v1/schedules/{schedule_id}', { params: { path: { schedule_id: row.id } } }),
        ),
      ),
  }
  return (
    <Editor
      open={open}
      title={row?.name ?? t('schedules.add')}
      fields={fields}
      values={values}
      save={mayEdit ? save : undefined}
      remove={remove ?? undefined}
      onClose={onClose}
    />
  )
}
