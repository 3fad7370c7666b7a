import { GlobalOutlined } from '@ant-design/icons'
import { useTranslation } from 'react-i18next'
import { when } from '~/lib/time'
import type { Column } from '~/ui/DataTable'
import { Dot } from '~/ui/Dot'
import { ListScreen } from '~/ui/ListScreen'
import { CompanyEditor } from './CompanyEditor'
import { type Company, tenantsQuery } from './queries'

/** Who shares the installation; for its operator. */
export function Companies() {
  const { t } = useTranslation()
  const columns: Column<Company>[] = [
    { key: 'name', title: t('companies.name'), cell: (row) => row.name, narrow: true },
    { key: 'domain', title: t('companies.domain'), cell: (row) => row.domain },
    {
      key: 'state',
      title: t('companies.state'),
      cell: (row) => (
        <Dot tone={row.suspended_at ? 'bad' : 'good'}>
          {t(row.suspended_at ? 'companies.suspended' : 'companies.works')}
        </Dot>
      ),
      width: '180px',
      narrow: true,
    },
    {
      key: 'since',
      title: t('companies.since'),
      cell: (row) => <span className="num">{when(row.created_at)}</span>,
      width: '160px',
    },
  ]
  return (
    <ListScreen<Company>
      name="companies"
      query={tenantsQuery}
      columns={columns}
      text={({ name, domain }) => `${name} ${domain}`}
      icon={<GlobalOutlined />}
      right="operate_server"
      editor={(row, open, close) => <CompanyEditor row={row} open={open} onClose={close} />}
    />
  )
}
