import { NodeIndexOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Schema } from '~/api/client'
import { presenceQuery, trunksQuery } from '~/api/lists'
import type { Column } from '~/ui/DataTable'
import { Dot } from '~/ui/Dot'
import { ListScreen } from '~/ui/ListScreen'
import { TrunkEditor } from './TrunkEditor'

type Trunk = Schema['WatchedTrunk']

/** The ways to carriers, and how each is right now. */
export function Trunks() {
  const { t } = useTranslation()
  const columns: Column<Trunk>[] = [
    { key: 'name', title: t('trunks.name'), cell: (row) => row.name, narrow: true },
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
      cell: (row) => <Load trunk={row} />,
      width: '130px',
      align: 'right',
    },
    { key: 'kind', title: t('trunks.kind'), cell: (row) => t(`trunks.${row.kind}`) },
    {
      key: 'server',
      title: t('trunks.server'),
      cell: (row) => <code>{row.server || row.addresses.join(', ')}</code>,
    },
    {
      key: 'format',
      title: t('trunks.format'),
      cell: (row) => t(`trunks.${row.number_format}`),
      width: '130px',
    },
  ]
  return (
    <ListScreen<Trunk>
      name="trunks"
      query={trunksQuery}
      columns={columns}
      text={({ name, server, addresses }) => `${name} ${server} ${addresses.join(' ')}`}
      icon={<NodeIndexOutlined />}
      editor={(row, open, close) => <TrunkEditor row={row} open={open} onClose={close} />}
    />
  )
}

const useTrunkState = (id: string) => useQuery(presenceQuery).data?.trunks.find((one) => one.trunk === id)

function State({ trunk }: { trunk: Trunk }) {
  const { t } = useTranslation()
  const state = useTrunkState(trunk.id)
  if (!trunk.enabled) return <Dot tone="quiet">{t('trunks.off')}</Dot>
  if (trunk.state.fault) return <Dot tone="bad">{t(`trunks.fault_${trunk.state.fault}`)}</Dot>
  if (trunk.state.reachable === false) return <Dot tone="bad">{t('trunks.away')}</Dot>
  if (trunk.kind === 'address') return <Dot tone="good">{t('trunks.byAddress')}</Dot>
  if (!state || state.registered === null || state.registered === undefined)
    return <Dot tone="warn">{t('trunks.trying')}</Dot>
  if (state.registered) return <Dot tone="good">{t('trunks.registered')}</Dot>
  return <Dot tone="bad">{t('trunks.refused', { status: state.refused })}</Dot>
}

function Load({ trunk }: { trunk: Trunk }) {
  const { t } = useTranslation()
  const calls = useTrunkState(trunk.id)?.calls ?? 0
  return (
    <span className="num">
      {calls} / {trunk.max_calls === 0 ? t('trunks.unlimited') : trunk.max_calls}
    </span>
  )
}
