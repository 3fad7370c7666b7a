import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { FilterPick, FilterText, withPart } from '~/ui/Filter'
import { type ContactSearch, labelsQuery } from './queries'

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
  const set = (part: ContactSearch) => onChange(withPart(search, part))
  return (
    <>
      <FilterText
        label={t('contacts.search')}
        width={280}
        value={search.q ?? ''}
        onChange={(q) => set({ q })}
      />
      {(labels.length > 0 || search.label) && (
        <FilterPick
          label={t('contacts.label')}
          value={search.label}
          options={labels.map(({ label, contacts }) => ({ value: label, label: `${label} (${contacts})` }))}
          onChange={(label) => set({ label })}
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
