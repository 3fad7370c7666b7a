import { SearchOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Button, DatePicker, Input, Select } from 'antd'
import dayjs from 'dayjs'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { extensionsQuery, hotlinesQuery } from '~/api/lists'
import { extensionName, hotlineName } from '~/lib/names'
import { fold } from '~/lib/phone'
import { type CallSearch, DIRECTIONS, SPANS, STATUSES } from './filter'

const TYPING_MS = 350

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
  const set = (part: CallSearch) => {
    const next = { ...search, ...part }
    onChange(Object.fromEntries(Object.entries(next).filter(([, value]) => value)) as CallSearch)
  }
  const words = (list: readonly string[], name: string) =>
    list.map((value) => ({ value, label: t(`${name}.${value}`) }))
  const choice = (
    key: 'direction' | 'status' | 'extension' | 'hotline',
    options: { value: string; label: string }[],
  ) => (
    <Select
      allowClear
      showSearch={
        options.length > 8
          ? { filterOption: (typed, option) => fold(String(option?.label)).includes(fold(typed)) }
          : false
      }
      popupMatchSelectWidth={false}
      style={{ minWidth: 132 }}
      placeholder={t(`calls.filter.${key}`)}
      aria-label={t(`calls.filter.${key}`)}
      value={search[key]}
      options={options}
      onChange={(value) => set({ [key]: value })}
    />
  )
  return (
    <div className="filters">
      <NumberField value={search.number ?? ''} onChange={(number) => set({ number })} />
      <Span search={search} set={set} />
      {choice('direction', words(DIRECTIONS, 'direction'))}
      {choice('status', words(STATUSES, 'status'))}
      {choice(
        'extension',
        extensions.map((one) => ({ value: one.id, label: extensionName(one) })),
      )}
      {choice(
        'hotline',
        hotlines.map((one) => ({ value: one.id, label: hotlineName(one) })),
      )}
      {Object.keys(search).length > 0 && (
        <Button type="link" onClick={() => onChange({})}>
          {t('calls.clear')}
        </Button>
      )}
    </div>
  )
}

/** A number in any form; the list follows when the typing rests. */
function NumberField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const { t } = useTranslation()
  const [text, setText] = useState(value)
  useEffect(() => setText(value), [value])
  // biome-ignore lint/correctness/useExhaustiveDependencies: only typing starts the wait anew
  useEffect(() => {
    if (text.trim() === value) return
    const timer = setTimeout(() => onChange(text.trim()), TYPING_MS)
    return () => clearTimeout(timer)
  }, [text])
  return (
    <Input
      allowClear
      inputMode="tel"
      prefix={<SearchOutlined />}
      style={{ width: 220 }}
      placeholder={t('calls.filter.number')}
      aria-label={t('calls.filter.number')}
      value={text}
      onChange={(event) => setText(event.target.value)}
    />
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
