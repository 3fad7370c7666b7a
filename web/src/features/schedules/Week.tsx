import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { Button, Input, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import type { Schema } from '~/api/client'

type Range = Schema['WeeklyHours']

const DAYS: Range['days'] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']

/** The hours of a usual week: on which days, from when to when. */
export function Week({ value = [], onChange }: { value?: Range[]; onChange?: (ranges: Range[]) => void }) {
  const { t } = useTranslation()
  const change = (place: number, part: Partial<Range>) =>
    onChange?.(value.map((range, at) => (at === place ? { ...range, ...part } : range)))
  return (
    <>
      {value.map((range, place) => (
        // A range has no name but its place.
        // biome-ignore lint/suspicious/noArrayIndexKey: the list is edited in place
        <div key={place} className="row" style={{ marginBottom: 8 }}>
          <Select
            mode="multiple"
            style={{ flex: 1 }}
            aria-label={t('schedules.days')}
            value={range.days}
            options={DAYS.map((day) => ({ value: day, label: t(`schedules.${day}`) }))}
            onChange={(days) => change(place, { days })}
          />
          <Input
            style={{ width: 76 }}
            aria-label={t('schedules.from')}
            value={range.from}
            onChange={(event) => change(place, { from: event.target.value })}
          />
          <Input
            style={{ width: 76 }}
            aria-label={t('schedules.to')}
            value={range.to}
            onChange={(event) => change(place, { to: event.target.value })}
          />
          <Button
            type="text"
            icon={<DeleteOutlined />}
            aria-label={t('schedules.drop')}
            onClick={() => onChange?.(value.filter((_, at) => at !== place))}
          />
        </div>
      ))}
      <Button
        icon={<PlusOutlined />}
        onClick={() => onChange?.([...value, { days: ['sat'], from: '08:00', to: '12:00' }])}
      >
        {t('schedules.addHours')}
      </Button>
    </>
  )
}
