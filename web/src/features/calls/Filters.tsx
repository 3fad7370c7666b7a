import { useQuery } from '@tanstack/react-query'
import { Button, DatePicker, Select } from 'antd'
import dayjs from 'dayjs'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { dispositionsQuery, extensionsQuery, hotlinesQuery, queuesQuery } from '~/api/lists'
import { useMay } from '~/lib/me'
import { extensionName, hotlineName } from '~/lib/names'
import { FilterPick, FilterText, withPart } from '~/ui/Filter'
import { type CallSearch, DIRECTIONS, SPANS, STATUSES } from './filter'

export function Filters({
  search,
  onChange,
}: {
  search: CallSearch
  onChange: (search: CallSearch) => void
}) {
  const { t } = useTranslation()
  const extensions = useQuery(extensionsQuery).data ?? []
  const hotlines = useQuery(hotlinesQuery).data ?? []
  const dispositions = useQuery(dispositionsQuery).data ?? []
  // Who sees the own calls alone has no extension to choose.
  const seesAll = useMay('view_calls')
  const queues = useQuery(queuesQuery).data ?? []
  const set = (part: CallSearch) => onChange(withPart(search, part))
  const words = (list: readonly string[], name: string) =>
    list.map((value) => ({ value, label: t(`${name}.${value}`) }))
  const choice = (
    key: 'direction' | 'status' | 'extension' | 'hotline' | 'queue' | 'disposition',
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
      <FilterText
        label={t('calls.filter.number')}
        inputMode="tel"
        width={220}
        value={search.number ?? ''}
        onChange={(number) => set({ number })}
      />
      <Span search={search} set={set} />
      {choice('direction', words(DIRECTIONS, 'direction'))}
      {choice('status', words(STATUSES, 'status'))}
      {seesAll &&
        choice(
          'extension',
          extensions.map((one) => ({ value: one.id, label: extensionName(one) })),
        )}
      {choice(
        'hotline',
        hotlines.map((one) => ({ value: one.id, label: hotlineName(one) })),
      )}
      {dispositions.length > 0 &&
        choice('disposition', [
          { value: 'missing', label: t('written.missing') },
          ...dispositions.map((one) => ({ value: one.id, label: one.name })),
        ])}
      {queues.length > 0 &&
        choice(
          'queue',
          queues.map((one) => ({ value: one.id, label: one.name })),
        )}
      {Object.keys(search).length > 0 && (
        <Button type="link" onClick={() => onChange({})}>
          {t('calls.clear')}
        </Button>
      )}
    </div>
  )
}

function Span({ search, set }: { search: CallSearch; set: (part: CallSearch) => void }) {
  const { t } = useTranslation()
  const free = search.from !== undefined || search.to !== undefined
  const [picking, setPicking] = useState(false)
  const options = [...SPANS, 'range'].map((value) => ({ value, label: t(`span.${value}`) }))
  return (
    <>
      <Select
        allowClear
        popupMatchSelectWidth={false}
        style={{ minWidth: 132 }}
        placeholder={t('calls.filter.span')}
        aria-label={t('calls.filter.span')}
        value={free || picking ? 'range' : search.span}
        options={options}
        onChange={(span?: string) => {
          setPicking(span === 'range')
          if (span !== 'range') set({ span, from: undefined, to: undefined })
        }}
      />
      {(free || picking) && (
        <DatePicker.RangePicker
          aria-label={t('span.range')}
          value={free ? [search.from ? dayjs(search.from) : null, search.to ? dayjs(search.to) : null] : null}
          onChange={(range) => {
            const [from, to] = (range ?? []).map((one) => one?.format('YYYY-MM-DD'))
            set({ from, to, span: undefined })
          }}
        />
      )}
    </>
  )
}
