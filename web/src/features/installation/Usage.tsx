import { useQuery } from '@tanstack/react-query'
import { Skeleton } from 'antd'
import { useTranslation } from 'react-i18next'
import type { Schema } from '~/api/client'
import { length } from '~/lib/time'
import { type Column, DataTable } from '~/ui/DataTable'
import { Dot } from '~/ui/Dot'
import { Failed } from '~/ui/Failed'
import { usageQuery } from './queries'
import { size } from './size'

type Row = Schema['CompanyUsage']

/** What each company takes, those who talk most first. */
export function Usage() {
  const { t } = useTranslation()
  const { data, error, refetch } = useQuery(usageQuery)
  if (error && !data) return <Failed error={error} retry={refetch} />
  if (!data) return <Skeleton active title={false} />
  const rows = [...data.items].sort((a, b) => b.talk_ms - a.talk_ms || b.calls - a.calls)
  const count = (key: 'extensions' | 'users' | 'calls' | 'answered', narrow = false): Column<Row> => ({
    key,
    title: t(`installation.${key}`),
    cell: (row) => <span className="num">{row[key]}</span>,
    width: '120px',
    align: 'right',
    narrow,
  })
  const columns: Column<Row>[] = [
    {
      key: 'name',
      title: t('installation.company'),
      cell: (row) =>
        row.suspended ? <Dot tone="quiet">{`${row.name} (${t('installation.suspended')})`}</Dot> : row.name,
      narrow: true,
    },
    count('extensions'),
    count('users'),
    count('calls', true),
    count('answered'),
    {
      key: 'talk',
      title: t('installation.talk'),
      cell: (row) => <span className="num">{length(row.talk_ms)}</span>,
      width: '130px',
      align: 'right',
      narrow: true,
    },
    {
      key: 'recorded',
      title: t('installation.recorded'),
      cell: (row) => <span className="num">{size(row.recorded_bytes)}</span>,
      width: '130px',
      align: 'right',
    },
  ]
  return (
    <DataTable label={t('installation.usage')} columns={columns} rows={rows} rowKey={(row) => row.company} />
  )
}
