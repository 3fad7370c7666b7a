import { useQuery } from '@tanstack/react-query'
import { Button, DatePicker, Segmented } from 'antd'
import dayjs from 'dayjs'
import { useTranslation } from 'react-i18next'
import { extensionsQuery, hotlinesQuery } from '~/api/lists'
import { extensionName, hotlineName } from '~/lib/names'
import { FilterPick, withPart } from '~/ui/Filter'
import { SPANS, type StatisticsSearch } from './period'

const DIRECTIONS = ['inbound', 'outbound', 'internal']

/** The period and what is counted in it. */
export function Choice({
  search,
  onChange,
}: {
  search: StatisticsSearch
  onChange: (search: StatisticsSearch) => void
}) {
  const { t } = useTranslation()
  const extensions = useQuery(extensionsQuery).data ?? []
  const hotlines = useQuery(hotlinesQuery).data ?? []
  const set = (part: StatisticsSearch) => onChange(withPart(search, part))
  const free = search.from !== undefined && search.to !== undefined
  const choice = (
    key: 'direction' | 'extension' | 'hotline',
    options: { value: string; label: string }[],
  ) => (
    <FilterPick
      label={t(`calls.filter.${key}`)}
      value={search[key]}
      options={options}
      onChange={(value) => set({ [key]: value })}
    />
  )
  return (
    <div className="filters">
      <Segmented
        value={free ? '' : (search.span ?? '7d')}
        aria-label={t('calls.filter.span')}
        options={SPANS.map((value) => ({ value: value as string, label: t(`statistics.span_${value}`) }))}
        onChange={(span) => set({ span, from: undefined, to: undefined })}
      />
      <DatePicker.RangePicker
        allowClear
        aria-label={t('span.range')}
        placeholder={[t('statistics.from'), t('statistics.to')]}
        disabledDate={(date) => date.isAfter(dayjs(), 'day')}
        value={free ? [dayjs(search.from), dayjs(search.to)] : null}
        onChange={(range) => {
          const [from, to] = (range ?? []).map((one) => one?.format('YYYY-MM-DD'))
          set({ from, to, span: undefined })
        }}
      />
      {choice(
        'direction',
        DIRECTIONS.map((value) => ({ value, label: t(`direction.${value}`) })),
      )}
      {choice(
        'extension',
        extensions.map((one) => ({ value: one.id, label: extensionName(one) })),
      )}
      {choice(
        'hotline',
        hotlines.map((one) => ({ value: one.id, label: hotlineName(one) })),
      )}
      {(search.direction || search.extension || search.hotline) && (
        <Button
          type="link"
          onClick={() => set({ direction: undefined, extension: undefined, hotline: undefined })}
        >
          {t('calls.clear')}
        </Button>
      )}
    </div>
  )
}
