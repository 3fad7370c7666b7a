import { useQuery } from '@tanstack/react-query'
import { Skeleton } from 'antd'
import { useTranslation } from 'react-i18next'
import type { Schema } from '~/api/client'
import { extensionsQuery, presenceQuery } from '~/api/lists'
import { type Column, DataTable } from '~/ui/DataTable'
import { Dot } from '~/ui/Dot'
import { Failed } from '~/ui/Failed'

type Extension = Schema['Extension']

/** The colleagues: every extension of the company, and whether a phone is there. Calls among them cost nothing. */
export function Internal() {
  const { t } = useTranslation()
  const { data, error, refetch } = useQuery(extensionsQuery)
  const phones = useQuery(presenceQuery).data?.phones
  const online = new Set(phones?.map((phone) => phone.extension))
  if (error && !data) return <Failed error={error} retry={refetch} />
  if (!data) return <Skeleton active className="waiting" title={false} />
  const columns: Column<Extension>[] = [
    { key: 'name', title: t('contacts.name'), cell: (row) => row.name, narrow: true },
    {
      key: 'number',
      title: t('extensions.number'),
      cell: (row) => <span className="num">{row.number}</span>,
      narrow: true,
    },
    {
      key: 'state',
      title: t('contacts.state'),
      cell: (row) =>
        online.has(row.number) || online.has(row.id) ? (
          <Dot tone="good">{t('contacts.there')}</Dot>
        ) : (
          <Dot tone="quiet">{t('contacts.away')}</Dot>
        ),
    },
  ]
  const rows = data.filter(({ enabled }) => enabled)
  if (rows.length === 0) return <p className="muted">{t('list.nothing')}</p>
  return (
    <DataTable label={t('contacts.tab_internal')} columns={columns} rows={rows} rowKey={(row) => row.id} />
  )
}
