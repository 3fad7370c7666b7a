import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { Button, Checkbox, Input } from 'antd'
import { useTranslation } from 'react-i18next'
import type { Schema } from '~/api/client'

type Holiday = Schema['Holiday']

interface Props {
  value?: Holiday[]
  onChange?: (holidays: Holiday[]) => void
}

/** The days that are not like the others. */
export function Holidays({ value = [], onChange }: Props) {
  const { t } = useTranslation()
  const change = (place: number, part: Partial<Holiday>) =>
    onChange?.(value.map((one, at) => (at === place ? { ...one, ...part } : one)))
  const today = new Date().toISOString().slice(0, 10)
  return (
    <>
      {value.map((one, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the list is edited in place
        <div key={place} style={{ marginBottom: 8 }}>
          <div className="row">
            <Input
              style={{ flex: 1 }}
              aria-label={t('schedules.holiday')}
              placeholder={t('schedules.holidayHint')}
              value={one.name}
              onChange={(event) => change(place, { name: event.target.value })}
            />
            <Button
              type="text"
              icon={<DeleteOutlined />}
              aria-label={t('schedules.drop')}
              onClick={() => onChange?.(value.filter((_, at) => at !== place))}
            />
          </div>
          <div className="row" style={{ marginTop: 4 }}>
            <Input
              type="date"
              aria-label={t('schedules.from')}
              value={one.from}
              onChange={(event) => change(place, { from: event.target.value })}
            />
            <Input
              type="date"
              aria-label={t('schedules.to')}
              value={one.to ?? ''}
              onChange={(event) => change(place, { to: event.target.value || null })}
            />
            <Checkbox
              checked={one.yearly ?? false}
              onChange={(event) => change(place, { yearly: event.target.checked })}
            >
              {t('schedules.yearly')}
            </Checkbox>
          </div>
        </div>
      ))}
      <Button
        icon={<PlusOutlined />}
        onClick={() => onChange?.([...value, { name: '', from: today, to: null, yearly: false, hours: [] }])}
      >
        {t('schedules.addHoliday')}
      </Button>
    </>
  )
}
