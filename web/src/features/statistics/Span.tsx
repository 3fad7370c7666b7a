import { DatePicker, Segmented } from 'antd'
import dayjs from 'dayjs'
import { useTranslation } from 'react-i18next'
import { SPANS, type StatisticsSearch } from './period'

/** The days that a report is about. */
export function Span({
  search,
  onChange,
}: {
  search: StatisticsSearch
  onChange: (part: StatisticsSearch) => void
}) {
  const { t } = useTranslation()
  const free = search.from !== undefined && search.to !== undefined
  return (
    <>
      <Segmented
        value={free ? '' : (search.span ?? '7d')}
        aria-label={t('calls.filter.span')}
        options={SPANS.map((value) => ({ value: value as string, label: t(`statistics.span_${value}`) }))}
        onChange={(span) => onChange({ span, from: undefined, to: undefined })}
      />
      <DatePicker.RangePicker
        allowClear
        aria-label={t('span.range')}
        placeholder={[t('statistics.from'), t('statistics.to')]}
        disabledDate={(date) => date.isAfter(dayjs(), 'day')}
        value={free ? [dayjs(search.from), dayjs(search.to)] : null}
        onChange={(range) => {
          const [from, to] = (range ?? []).map((one) => one?.format('YYYY-MM-DD'))
          onChange({ from, to, span: undefined })
        }}
      />
    </>
  )
}
