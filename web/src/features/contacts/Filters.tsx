import { SearchOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Input, Select } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { fold } from '~/lib/phone'
import { type ContactSearch, labelsQuery } from './queries'

const TYPING_MS = 250

/** Text, label and order of the list. */
export function Filters({
  search,
  onChange,
}: {
  search: ContactSearch
  onChange: (search: ContactSearch) => void
}) {
  const { t } = useTranslation()
  const labels = useQuery(labelsQuery).data ?? []
  const set = (part: ContactSearch) => {
    const next = { ...search, ...part }
    onChange(Object.fromEntries(Object.entries(next).filter(([, value]) => value)) as ContactSearch)
  }
  return (
    <>
      <TextField value={search.q ?? ''} onChange={(q) => set({ q })} />
      {(labels.length > 0 || search.label) && (
        <Select
          allowClear
          showSearch={{ filterOption: (typed, option) => fold(String(option?.value)).includes(fold(typed)) }}
          popupMatchSelectWidth={false}
          style={{ minWidth: 140 }}
          placeholder={t('contacts.label')}
          aria-label={t('contacts.label')}
          value={search.label}
          options={labels.map(({ label, contacts }) => ({ value: label, label: `${label} (${contacts})` }))}
          onChange={(label?: string) => set({ label })}
        />
      )}
      <Select
        style={{ minWidth: 140 }}
        aria-label={t('contacts.order')}
        value={search.order ?? 'name'}
        options={['name', 'newest'].map((value) => ({ value, label: t(`contacts.order_${value}`) }))}
        onChange={(order) => set({ order: order === 'name' ? undefined : order })}
      />
    </>
  )
}

/** The list follows when the typing rests. */
function TextField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
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
      prefix={<SearchOutlined />}
      style={{ width: 280 }}
      placeholder={t('contacts.search')}
      aria-label={t('contacts.search')}
      value={text}
      onChange={(event) => setText(event.target.value)}
    />
  )
}
