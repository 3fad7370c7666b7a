import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useMe } from '~/lib/me'
import { FilterPick, FilterText, withPart } from '~/ui/Filter'
import { choicesQuery, PRIORITIES, STATUSES, type TicketSearch, UNFINISHED } from './queries'

/** What narrows the list of tickets. */
export function Filters({
  search,
  onChange,
}: {
  search: TicketSearch
  onChange: (search: TicketSearch) => void
}) {
  const { t } = useTranslation()
  const me = useMe()
  const choices = useQuery(choicesQuery).data
  const set = (part: TicketSearch) => onChange(withPart(search, part))
  const others = (choices?.people ?? []).filter(({ id }) => id !== me.user_id)
  return (
    <>
      <FilterText
        label={t('tickets.search')}
        width={260}
        value={search.q ?? ''}
        onChange={(q) => set({ q })}
      />
      <FilterPick
        label={t('tickets.status')}
        value={search.status}
        options={[
          { value: UNFINISHED, label: t('tickets.unfinished') },
          ...STATUSES.map((value) => ({ value, label: t(`tickets.status_${value}`) })),
        ]}
        onChange={(status) => set({ status })}
      />
      <FilterPick
        label={t('tickets.priority')}
        value={search.priority}
        options={PRIORITIES.map((value) => ({ value, label: t(`tickets.priority_${value}`) }))}
        onChange={(priority) => set({ priority })}
      />
      <FilterPick
        label={t('tickets.assignee')}
        value={search.assignee}
        options={[
          ...(me.user_id ? [{ value: 'me', label: t('tickets.mine') }] : []),
          { value: 'nobody', label: t('tickets.nobody') },
          ...others.map(({ id, name }) => ({ value: id, label: name })),
        ]}
        onChange={(assignee) => set({ assignee })}
      />
      {((choices?.categories.length ?? 0) > 0 || search.category) && (
        <FilterPick
          label={t('tickets.category')}
          value={search.category}
          options={(choices?.categories ?? []).map((value) => ({ value, label: value }))}
          onChange={(category) => set({ category })}
        />
      )}
    </>
  )
}
