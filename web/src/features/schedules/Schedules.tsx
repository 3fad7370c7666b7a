import { ClockCircleOutlined } from '@ant-design/icons'
import { useTranslation } from 'react-i18next'
import type { Schema } from '~/api/client'
import { schedulesQuery } from '~/api/lists'
import type { Column } from '~/ui/DataTable'
import { ListScreen } from '~/ui/ListScreen'
import { ScheduleEditor } from './ScheduleEditor'

type Schedule = Schema['Schedule']

/** When the company, or one of its numbers, is open. */
export function Schedules() {
  const { t } = useTranslation()
  const columns: Column<Schedule>[] = [
    { key: 'name', title: t('schedules.name'), cell: (row) => row.name, narrow: true },
    {
      key: 'weekly',
      title: t('schedules.weekly'),
      cell: (row) =>
        row.weekly
          .map(({ days, from, to }) => `${days.map((day) => t(`schedules.${day}`)).join(' ')} ${from}–${to}`)
          .join(' · '),
      narrow: true,
    },
    {
      key: 'holidays',
      title: t('schedules.holidays'),
      cell: (row) => row.holidays.map((one) => one.name).join(', '),
    },
    { key: 'zone', title: t('schedules.zone'), cell: (row) => row.time_zone ?? '', width: '170px' },
  ]
  return (
    <ListScreen<Schedule>
      name="schedules"
      query={schedulesQuery}
      columns={columns}
      text={(row) => `${row.name} ${row.holidays.map((one) => one.name).join(' ')}`}
      icon={<ClockCircleOutlined />}
      editor={(row, open, close) => <ScheduleEditor row={row} open={open} onClose={close} />}
    />
  )
}
