import { ContactsOutlined, DownloadOutlined, ImportOutlined, PlusOutlined } from '@ant-design/icons'
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Button, Dropdown, Segmented, Skeleton } from 'antd'
import { useCallback, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { contactsChanged } from '~/lib/contacts'
import { useMay } from '~/lib/me'
import { DataTable } from '~/ui/DataTable'
import { Failed } from '~/ui/Failed'
import { Page } from '~/ui/Page'
import { Teach } from '~/ui/Teach'
import { ContactEditor } from './ContactEditor'
import { useContactColumns } from './columns'
import { Filters } from './Filters'
import { Internal } from './Internal'
import { type ContactSearch, contactsQuery, filterOf } from './queries'

/** The people and companies that call and are called, and, beside them, the colleagues. */
export function Contacts() {
  const { t } = useTranslation()
  const search = useSearch({ from: '/inside/contacts' })
  const navigate = useNavigate()
  const queries = useQueryClient()
  const mayEdit = useMay('edit_contacts')
  const change = (next: ContactSearch, replace = false) =>
    void navigate({ to: '/contacts', search: next, replace })
  const internal = search.tab === 'internal'
  return (
    <Page
      title={t('menu.contacts')}
      about={t('contacts.about')}
      actions={
        <>
          <Export search={search} />
          <ToImport />
          {mayEdit && (
            <Button
              type="primary"
              icon={<PlusOutlined />}
              onClick={() => change({ ...search, tab: undefined, open: 'new' })}
            >
              {t('contacts.add')}
            </Button>
          )}
        </>
      }
    >
      <div className="filters">
        <Segmented
          value={internal ? 'internal' : 'general'}
          aria-label={t('contacts.tab')}
          options={['general', 'internal'].map((value) => ({ value, label: t(`contacts.tab_${value}`) }))}
          onChange={(tab) => change(tab === 'internal' ? { tab } : {})}
        />
        {!internal && <Filters search={search} onChange={(next) => change(next, true)} />}
      </div>
      {internal ? <Internal /> : <List search={search} onClear={() => change({})} />}
      <ContactEditor
        row={null}
        open={search.open === 'new' && mayEdit}
        phone={search.phone}
        onClose={() => change({ ...search, open: undefined, phone: undefined })}
        onSaved={(contact) => {
          void contactsChanged(queries)
          void navigate({ to: '/contacts/$id', params: { id: contact.id } })
        }}
      />
    </Page>
  )
}

function List({ search, onClear }: { search: ContactSearch; onClear: () => void }) {
  const { t } = useTranslation()
  const columns = useContactColumns()
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = useInfiniteQuery(
    contactsQuery(search),
  )
  const rows = useMemo(() => data?.pages.flatMap((page) => page.items) ?? [], [data])
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [hasNextPage, isFetchingNextPage, fetchNextPage])
  if (error && !data) return <Failed error={error} retry={refetch} />
  if (!data) return <Skeleton active className="waiting" paragraph={{ rows: 8 }} title={false} />
  if (rows.length === 0) return <Nothing filtered={Boolean(search.q || search.label)} onClear={onClear} />
  return (
    <DataTable
      label={t('menu.contacts')}
      columns={columns}
      rows={rows}
      rowKey={(contact) => contact.id}
      to={(contact) => ({ to: '/contacts/$id', params: { id: contact.id } })}
      onEnd={more}
      footer={isFetchingNextPage ? <div className="table-foot">{t('calls.more')}</div> : undefined}
    />
  )
}

function Nothing({ filtered, onClear }: { filtered: boolean; onClear: () => void }) {
  const { t } = useTranslation()
  return (
    <Teach
      icon={<ContactsOutlined />}
      title={t(filtered ? 'contacts.noneFiltered' : 'contacts.none')}
      why={t(filtered ? 'contacts.noneFilteredWhy' : 'contacts.why')}
      action={filtered ? <Button onClick={onClear}>{t('calls.clear')}</Button> : <ToImport />}
    />
  )
}

function ToImport() {
  const { t } = useTranslation()
  if (!useMay('manage_contacts')) return null
  return (
    <Link to="/contacts/import" tabIndex={-1}>
      <Button icon={<ImportOutlined />}>{t('contacts.import')}</Button>
    </Link>
  )
}

/** All contacts of the list as a file, made by the server. */
function Export({ search }: { search: ContactSearch }) {
  const { t, i18n } = useTranslation()
  if (!useMay('manage_contacts') || search.tab === 'internal') return null
  const address = (format: string) => {
    const { order: _, ...filter } = filterOf(search)
    const query = Object.entries({ ...filter, format, language: i18n.language }).filter(([, value]) => value)
    return `/api/v1/contacts/export?${new URLSearchParams(query as [string, string][])}`
  }
  const item = (format: string) => ({
    key: format,
    label: (
      <a href={address(format)} download>
        {t(`contacts.export_${format}`)}
      </a>
    ),
  })
  return (
    <Dropdown menu={{ items: ['xlsx', 'csv'].map(item) }} trigger={['click']}>
      <Button icon={<DownloadOutlined />}>{t('contacts.export')}</Button>
    </Dropdown>
  )
}
