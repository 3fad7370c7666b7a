import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { extensionsQuery, hotlinesQuery } from '~/api/lists'
import { extensionName, hotlineName } from '~/lib/names'
import { FilterPick, withPart } from '~/ui/Filter'
import type { StatisticsSearch } from './period'
import { Span } from './Span'

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
      <Span search={search} onChange={set} />
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
