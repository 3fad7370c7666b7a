import { PlusOutlined, ProfileOutlined } from '@ant-design/icons'
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Button, Skeleton } from 'antd'
import { useCallback, useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useMay } from '~/lib/me'
import { DataTable } from '~/ui/DataTable'
import { Failed } from '~/ui/Failed'
import { Page } from '~/ui/Page'
import { Teach } from '~/ui/Teach'
import { useTicketColumns } from './columns'
import { Filters } from './Filters'
import { filterOf, type TicketSearch, ticketsChanged, ticketsQuery } from './queries'
import { TicketEditor } from './TicketEditor'

/** What is to be done for customers. */
export function Tickets() {
  const { t } = useTranslation()
  const search = useSearch({ from: '/inside/tickets' })
  const navigate = useNavigate()
  const queries = useQueryClient()
  const mayEdit = useMay('edit_contacts')
  // The pane closes itself after saving; it then leads to what was written.
  const made = useRef<string | null>(null)
  const change = (next: TicketSearch, replace = false) =>
    void navigate({ to: '/tickets', search: next, replace })
  const add = () =>
    change({ ...filterOf(search), contact: undefined, call: undefined, open: 'new' } as TicketSearch)
  return (
    <Page
      title={t('menu.tickets')}
      about={t('tickets.about')}
      actions={
        mayEdit && (
          <Button type="primary" icon={<PlusOutlined />} onClick={add}>
            {t('tickets.add')}
          </Button>
        )
      }
    >
      <div className="filters">
        <Filters search={search} onChange={(next) => change(next, true)} />
      </div>
      <List search={search} onClear={() => change({})} onAdd={mayEdit ? add : undefined} />
      <TicketEditor
        row={null}
        open={search.open === 'new' && mayEdit}
        contact={search.contact}
        call={search.call}
        onClose={() => {
          const id = made.current
          made.current = null
          if (id) void navigate({ to: '/tickets/$id', params: { id }, search: {} })
          else change({ ...search, open: undefined, contact: undefined, call: undefined } as TicketSearch)
        }}
        onSaved={(ticket) => {
          made.current = ticket.id
          void ticketsChanged(queries)
        }}
      />
    </Page>
  )
}

function List({
  search,
  onClear,
  onAdd,
}: {
  search: TicketSearch
  onClear: () => void
  onAdd: (() => void) | undefined
}) {
  const { t } = useTranslation()
  const columns = useTicketColumns()
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = useInfiniteQuery(
    ticketsQuery(search),
  )
  const rows = useMemo(() => data?.pages.flatMap((page) => page.items) ?? [], [data])
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [hasNextPage, isFetchingNextPage, fetchNextPage])
  if (error && !data) return <Failed error={error} retry={refetch} />
  if (!data) return <Skeleton active className="waiting" paragraph={{ rows: 8 }} title={false} />
  const filtered = Object.values(filterOf(search)).some(Boolean)
  if (rows.length === 0)
    return (
      <Teach
        icon={<ProfileOutlined />}
        title={t(filtered ? 'tickets.noneFiltered' : 'tickets.none')}
        why={t(filtered ? 'tickets.noneFilteredWhy' : 'tickets.why')}
        action={
          filtered ? (
            <Button onClick={onClear}>{t('calls.clear')}</Button>
          ) : (
            onAdd && <Button onClick={onAdd}>{t('tickets.add')}</Button>
          )
        }
      />
    )
  return (
    <DataTable
      label={t('menu.tickets')}
      columns={columns}
      rows={rows}
      rowKey={(ticket) => ticket.id}
      to={(ticket) => ({ to: '/tickets/$id', params: { id: ticket.id } })}
      onEnd={more}
      footer={isFetchingNextPage ? <div className="table-foot">{t('calls.more')}</div> : undefined}
    />
  )
}
