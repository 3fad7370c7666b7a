import { ContactsOutlined, ImportOutlined, PlusOutlined } from '@ant-design/icons'
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Button, Segmented, Skeleton } from 'antd'
import { useCallback, useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { contactsChanged } from '~/lib/contacts'
import { useMay } from '~/lib/me'
import { DataTable } from '~/ui/DataTable'
import { Download } from '~/ui/Download'
import { Failed } from '~/ui/Failed'
import { Page } from '~/ui/Page'
import { SavedViews } from '~/ui/SavedViews'
import { Teach } from '~/ui/Teach'
import { ContactEditor } from './ContactEditor'
import { useContactColumns } from './columns'
import { Filters } from './Filters'
import { Internal } from './Internal'
import { type Contact, type ContactSearch, cleanContacts, contactsQuery, filterOf, textOf } from './queries'

/** The people and companies that call and are called, and, beside them, the colleagues. */
export function Contacts() {
  const { t } = useTranslation()
  const search = useSearch({ from: '/inside/contacts' })
  const navigate = useNavigate()
  const queries = useQueryClient()
  const mayEdit = useMay('edit_contacts')
  // The pane closes itself after saving; it then leads to what was made.
  const made = useRef<string | null>(null)
  const change = (next: ContactSearch, replace = false) =>
    void navigate({ to: '/contacts', search: next, replace })
  const internal = search.tab === 'internal'
  return (
    <Page
      title={t('menu.contacts')}
      about={t('contacts.about')}
      actions={
        <>
          {!internal && (
            <SavedViews
              list="contacts"
              present={textOf(search)}
              onChoose={(query) => change(cleanContacts(query))}
            />
          )}
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
        onClose={() => {
          const id = made.current
          made.current = null
          if (id) void navigate({ to: '/contacts/$id', params: { id } })
          else change({ ...search, open: undefined, phone: undefined })
        }}
        onSaved={(contact) => {
          made.current = contact.id
          void contactsChanged(queries)
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
      to={pageOf}
      onEnd={more}
      footer={isFetchingNextPage ? <div className="table-foot">{t('calls.more')}</div> : undefined}
    />
  )
}

const pageOf = ({ id }: Contact) => ({ to: '/contacts/$id', params: { id } })

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

/** All contacts of the list as a file. */
function Export({ search }: { search: ContactSearch }) {
  if (!useMay('manage_contacts') || search.tab === 'internal') return null
  const { order: _, ...filter } = filterOf(search)
  return <Download path="/contacts/export" query={filter} />
}
