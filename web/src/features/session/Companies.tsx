import { useQuery } from '@tanstack/react-query'
import { App, Button } from 'antd'
import { useTranslation } from 'react-i18next'
import type { Schema } from '~/api/client'
import { companiesQuery, switchTo } from '~/lib/companies'
import { problemText } from '~/lib/problem'
import { type Column, DataTable } from '~/ui/DataTable'
import { Failed } from '~/ui/Failed'

type Membership = Schema['Membership']

/** The companies one works for: code, name, and the role in each. */
export function Companies() {
  const { t } = useTranslation()
  const { data, error, refetch } = useQuery(companiesQuery)
  const columns: Column<Membership>[] = [
    { key: 'name', title: t('company.name'), cell: (row) => row.company_name, narrow: true },
    { key: 'code', title: t('switch.code'), cell: (row) => row.domain },
    { key: 'role', title: t('people.role'), cell: (row) => t(`role.${row.role}`), narrow: true },
    { key: 'go', title: '', cell: (row) => <Go row={row} />, width: '150px', narrow: true },
  ]
  return (
    <section className="card pad" style={{ maxWidth: 720 }}>
      <h2 style={{ marginBottom: 12 }}>{t('company.mine')}</h2>
      {error && !data && <Failed error={error} retry={refetch} />}
      {data && (
        <DataTable
          label={t('company.mine')}
          columns={columns}
          rows={data}
          rowKey={({ company_id }) => company_id}
        />
      )}
    </section>
  )
}

function Go({ row }: { row: Membership }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  if (row.current) return <span className="muted">{t('switch.here')}</span>
  const go = () => void switchTo(row.company_id).catch((error) => void message.error(problemText(error, t)))
  return (
    <Button size="small" onClick={go}>
      {t('switch.go')}
    </Button>
  )
}
