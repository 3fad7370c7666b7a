import { PlusOutlined, SearchOutlined } from '@ant-design/icons'
import { type UseQueryOptions, type UseQueryResult, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Button, Input, Skeleton } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useMay } from '~/lib/me'
import { fold } from '~/lib/phone'
import { type Column, DataTable } from './DataTable'
import { Failed } from './Failed'
import { Page } from './Page'
import { Teach } from './Teach'

interface Search {
  q?: string
  open?: string
}

interface Props<T extends { id: string }> {
  /** The address, which is also the name under which its words are kept. */
  name: string
  query: UseQueryOptions<T[], Error, T[], string[]>
  columns: Column<T>[]
  /** What a search looks through. */
  text: (row: T) => string
  icon: ReactNode
  right?: 'edit_config' | 'supervise' | 'manage_users' | 'manage_webhooks' | 'operate_server'
  /** Nothing can be made here. */
  fixed?: boolean
  /** The pane for one thing; null for a new one. */
  editor?: (row: T | null, open: boolean, close: () => void) => ReactNode
  /** Where a row leads when it has a page of its own. */
  page?: (row: T) => { to: string; params?: Record<string, string> }
  actions?: ReactNode
}

/** A list of things of one kind: search, table, and the pane to make or change one. Its state is in the address. */
export function ListScreen<T extends { id: string }>(props: Props<T>) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const search = useSearch({ strict: false }) as Search
  const to = `/${props.name}` as '/extensions'
  const put = (part: Search) => {
    const next = { ...search, ...part }
    void navigate({
      to,
      search: { q: next.q || undefined, open: next.open || undefined },
      replace: 'q' in part,
    })
  }
  const answer = useQuery(props.query)
  const mayEdit = useMay(props.right ?? 'edit_config')
  const add = mayEdit && !props.fixed && (props.editor || props.page) && (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => put({ open: 'new' })}>
      {t(`${props.name}.add`)}
    </Button>
  )
  const row = answer.data?.find(({ id }) => id === search.open) ?? null
  const open = (search.open === 'new' && mayEdit) || row !== null
  return (
    <Page
      title={t(`menu.${props.name}`)}
      about={t(`${props.name}.about`)}
      actions={
        <>
          {props.actions}
          {add}
        </>
      }
    >
      <Content {...props} answer={answer} search={search} put={put} add={add} />
      {props.editor?.(row, open, () => put({ open: undefined }))}
    </Page>
  )
}

type ContentProps<T extends { id: string }> = Props<T> & {
  answer: UseQueryResult<T[]>
  search: Search
  put: (part: Search) => void
  add: ReactNode
}

function Content<T extends { id: string }>({ answer, search, put, add, ...props }: ContentProps<T>) {
  const { t } = useTranslation()
  const { data, error, refetch } = answer
  if (error && !data) return <Failed error={error} retry={refetch} />
  if (!data) return <Skeleton active className="waiting" title={false} paragraph={{ rows: 6 }} />
  if (data.length === 0) {
    return (
      <Teach icon={props.icon} title={t(`${props.name}.none`)} why={t(`${props.name}.why`)} action={add} />
    )
  }
  const wanted = fold(search.q ?? '')
  const rows = data.filter((row) => fold(props.text(row)).includes(wanted))
  return (
    <>
      {(data.length > 8 || search.q) && (
        <Input
          allowClear
          prefix={<SearchOutlined />}
          style={{ maxWidth: 320 }}
          placeholder={t('list.search')}
          aria-label={t('list.search')}
          defaultValue={search.q}
          onChange={(event) => put({ q: event.target.value })}
        />
      )}
      {rows.length === 0 ? (
        <p className="muted">{t('list.nothing')}</p>
      ) : (
        <DataTable
          label={t(`menu.${props.name}`)}
          columns={props.columns}
          rows={rows}
          rowKey={(row) => row.id}
          to={props.page ?? ((row) => ({ to: `/${props.name}`, search: { ...search, open: row.id } }))}
        />
      )}
    </>
  )
}
