import { UnorderedListOutlined } from '@ant-design/icons'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Button, Skeleton } from 'antd'
import { useCallback, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useMay } from '~/lib/me'
import { DataTable } from '~/ui/DataTable'
import { Failed } from '~/ui/Failed'
import { Page } from '~/ui/Page'
import { SavedViews } from '~/ui/SavedViews'
import { Teach } from '~/ui/Teach'
import { ColumnPicker } from './ColumnPicker'
import { useCallColumns } from './columns'
import { Export } from './Export'
import { Filters } from './Filters'
import { type CallSearch, cleanCalls, textOf } from './filter'
import { type Call, callsQuery } from './queries'
import { Dispositions } from './written/Dispositions'

/** Callers of today whom nobody answered. */
const MISSED = 'direction=inbound&span=today&status=no_answer'

/** The history of calls. */
export function Calls() {
  const { t } = useTranslation()
  const search = useSearch({ from: '/inside/calls' })
  const navigate = useNavigate()
  const [seesAll, mayEdit] = [useMay('view_calls'), useMay('edit_config')]
  const change = (next: CallSearch) => void navigate({ to: '/calls', search: next })
  return (
    <Page
      title={t('menu.calls')}
      about={t(seesAll ? 'calls.about' : 'calls.aboutOwn')}
      actions={
        <>
          <SavedViews
            list="calls"
            present={textOf(search)}
            presets={[{ key: 'missed', label: t('views.missed'), query: MISSED }]}
            onChoose={(query) => change(cleanCalls(query))}
          />
          <ColumnPicker />
          {mayEdit && <Dispositions />}
          {seesAll && <Export search={search} />}
        </>
      }
    >
      <Filters search={search} onChange={change} />
      <List search={search} onClear={() => change({})} />
    </Page>
  )
}

function List({ search, onClear }: { search: CallSearch; onClear: () => void }) {
  const { t } = useTranslation()
  const columns = useCallColumns()
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = useInfiniteQuery(
    callsQuery(search),
  )
  const rows = useMemo(() => data?.pages.flatMap((page) => page.items) ?? [], [data])
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [hasNextPage, isFetchingNextPage, fetchNextPage])
  if (error && !data) return <Failed error={error} retry={refetch} />
  if (!data) return <Skeleton active className="waiting" paragraph={{ rows: 8 }} title={false} />
  if (rows.length === 0) return <Nothing filtered={Object.keys(search).length > 0} onClear={onClear} />
  return (
    <DataTable
      label={t('menu.calls')}
      columns={columns}
      rows={rows}
      rowKey={(call) => call.id}
      to={pageOf}
      onEnd={more}
      footer={isFetchingNextPage ? <div className="table-foot">{t('calls.more')}</div> : undefined}
    />
  )
}

const pageOf = ({ id }: Call) => ({ to: '/calls/$id', params: { id } })

function Nothing({ filtered, onClear }: { filtered: boolean; onClear: () => void }) {
  const { t } = useTranslation()
  return (
    <Teach
      icon={<UnorderedListOutlined />}
      title={t(filtered ? 'calls.noneFiltered' : 'calls.none')}
      why={t(filtered ? 'calls.noneFilteredWhy' : 'calls.noneWhy')}
      action={filtered ? <Button onClick={onClear}>{t('calls.clear')}</Button> : undefined}
    />
  )
}
