import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Skeleton } from 'antd'
import { useTranslation } from 'react-i18next'
import { client, type Schema, unwrap } from '~/api/client'
import { useNames } from '~/lib/names'
import { length } from '~/lib/time'
import { type Column, DataTable } from '~/ui/DataTable'
import { Download } from '~/ui/Download'
import { Failed } from '~/ui/Failed'
import { withPart } from '~/ui/Filter'
import { Page } from '~/ui/Page'
import { Kinds } from './Kinds'
import { callsOf } from './links'
import { daysOf, type StatisticsSearch } from './period'
import { Span } from './Span'

type Agent = Schema['AgentFigures']

/** How much of the time in which an agent was there for calls went to them: pauses do not count. */
export const occupancy = (one: Agent): number => {
  const there = one.logged_in_ms - one.paused_ms
  const busy = one.ringing_ms + one.on_call_ms + one.wrap_up_ms
  return there <= 0 ? 0 : Math.round((100 * busy) / there)
}

const TIMES = ['logged_in_ms', 'available_ms', 'on_call_ms', 'wrap_up_ms', 'paused_ms'] as const
const COUNTS = ['inbound', 'outbound', 'offers', 'missed'] as const

/** What the agents did in a period: time by state, pauses by reason, offers, calls. */
export function Agents() {
  const { t } = useTranslation()
  const names = useNames()
  const search = useSearch({ from: '/inside/statistics/agents' })
  const navigate = useNavigate()
  const set = (part: StatisticsSearch) =>
    void navigate({ to: '/statistics/agents', search: withPart(search, part) })
  const days = daysOf(search)
  const query = { from: days.from, to: days.to }
  const { data, error, refetch } = useQuery({
    queryKey: ['statistics', 'agents', query],
    queryFn: () => unwrap(client.GET('/api/v1/statistics/agents', { params: { query } })),
  })
  const pause = (reason: string) =>
    reason === '' ? t('statistics.noReason') : reason === 'missed' ? t('statistics.missedPause') : reason
  const pauses = (one: Agent) =>
    one.pauses
      .map(({ reason, times, time_ms }) => `${pause(reason)} ${length(time_ms)} (${times})`)
      .join(', ')
  const columns: Column<Agent>[] = [
    {
      key: 'name',
      title: t('calls.column.extension'),
      cell: (one) => names.of(one.extension),
      narrow: true,
      width: '170px',
    },
    ...TIMES.map((key) => ({
      key,
      title: t(`statistics.agent_${key}`),
      cell: (one: Agent) => <span className="num">{length(one[key])}</span>,
      align: 'right' as const,
      width: '104px',
      narrow: key === 'logged_in_ms' || key === 'on_call_ms',
    })),
    {
      key: 'occupancy',
      title: t('statistics.agent_occupancy'),
      cell: (one) => <span className="num">{occupancy(one)}%</span>,
      align: 'right',
      width: '90px',
      narrow: true,
    },
    ...COUNTS.map((key) => ({
      key,
      title: t(`statistics.agent_${key}`),
      cell: (one: Agent) => <span className="num">{one[key]}</span>,
      align: 'right' as const,
      width: '84px',
    })),
    { key: 'pauses', title: t('statistics.agent_pauses'), cell: pauses },
  ]
  return (
    <Page
      title={t('statistics.agents')}
      about={t('statistics.agentsAbout')}
      actions={
        <Download path="/statistics/export" query={{ report: 'agents', from: days.from, to: days.to }} />
      }
    >
      <Kinds search={search} />
      <div className="filters">
        <Span search={search} onChange={set} />
      </div>
      {error && !data ? (
        <Failed error={error} retry={refetch} />
      ) : !data ? (
        <Skeleton active className="waiting" />
      ) : data.agents.length === 0 ? (
        <p className="muted">{t('statistics.noAgents')}</p>
      ) : (
        <DataTable
          label={t('statistics.agents')}
          columns={columns}
          rows={data.agents}
          rowKey={(one) => one.extension}
          to={(one) => ({ to: '/calls', search: callsOf(days, {}, { extension: one.extension }) })}
        />
      )}
    </Page>
  )
}
