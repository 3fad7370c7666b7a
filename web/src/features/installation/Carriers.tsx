import { NodeIndexOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Skeleton } from 'antd'
import { useTranslation } from 'react-i18next'
import type { Schema } from '~/api/client'
import { type Column, DataTable } from '~/ui/DataTable'
import { Dot } from '~/ui/Dot'
import { Failed } from '~/ui/Failed'
import { Teach } from '~/ui/Teach'
import { companyTrunksQuery } from './queries'

type Trunk = Schema['CompanyTrunk']

/** The ways to carriers of all companies, those in trouble first. */
export function Carriers() {
  const { t } = useTranslation()
  const { data, error, refetch } = useQuery(companyTrunksQuery)
  if (error && !data) return <Failed error={error} retry={refetch} />
  if (!data) return <Skeleton active title={false} />
  if (data.items.length === 0)
    return (
      <Teach
        icon={<NodeIndexOutlined />}
        title={t('installation.noCarriers')}
        why={t('installation.noCarriersWhy')}
      />
    )
  const troubled = (row: Trunk) => row.enabled && row.registered === false
  const rows = [...data.items].sort((a, b) => Number(troubled(b)) - Number(troubled(a)))
  const columns: Column<Trunk>[] = [
    { key: 'company', title: t('installation.company'), cell: (row) => row.company_name, narrow: true },
    { key: 'name', title: t('trunks.name'), cell: (row) => row.name },
    {
      key: 'state',
      title: t('trunks.state'),
      cell: (row) => <State trunk={row} />,
      width: '210px',
      narrow: true,
    },
    {
      key: 'calls',
      title: t('trunks.calls'),
      cell: (row) => (
        <span className="num">
          {row.calls} / {row.max_calls === 0 ? t('trunks.unlimited') : row.max_calls}
        </span>
      ),
      width: '130px',
      align: 'right',
    },
    { key: 'server', title: t('trunks.server'), cell: (row) => <code>{row.server}</code> },
  ]
  return (
    <DataTable label={t('installation.carriers')} columns={columns} rows={rows} rowKey={(row) => row.trunk} />
  )
}

function State({ trunk }: { trunk: Trunk }) {
  const { t } = useTranslation()
  if (!trunk.enabled) return <Dot tone="quiet">{t('trunks.off')}</Dot>
  if (trunk.kind === 'address') return <Dot tone="good">{t('trunks.byAddress')}</Dot>
  if (trunk.registered == null) return <Dot tone="warn">{t('trunks.trying')}</Dot>
  if (trunk.registered) return <Dot tone="good">{t('trunks.registered')}</Dot>
  return <Dot tone="bad">{t('trunks.refused', { status: trunk.refused })}</Dot>
}
