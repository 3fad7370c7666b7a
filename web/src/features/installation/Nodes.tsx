import { useQuery } from '@tanstack/react-query'
import { Skeleton } from 'antd'
import { useTranslation } from 'react-i18next'
import type { Schema } from '~/api/client'
import { serverNow, whenFull } from '~/lib/time'
import { Dot } from '~/ui/Dot'
import { Failed } from '~/ui/Failed'
import { nodesQuery } from './queries'
import { size } from './size'

type Node = Schema['Node']

/** What a process of another version may leave out. */
const NOTHING: Required<Schema['NodeReport']> = {
  calls: 0,
  phones: 0,
  sound_legs: 0,
  recordings: 0,
  spooled: 0,
  dead_sound_threads: 0,
  free_bytes: null,
  resident_bytes: 0,
  open_files: 0,
  database_ms: 0,
  config_version: 0,
  listens: [],
}

/** The processes: whether each lives, what it carries, what it has left. */
export function Nodes() {
  const { data, error, refetch } = useQuery(nodesQuery)
  if (error && !data) return <Failed error={error} retry={refetch} />
  if (!data) return <Skeleton active title={false} />
  return (
    <div className="nodes">
      {data.items.map((node) => (
        <NodeCard key={node.id} node={node} />
      ))}
    </div>
  )
}

function NodeCard({ node }: { node: Node }) {
  const { t } = useTranslation()
  const report = { ...NOTHING, ...node.report }
  const facts: [string, string | number, boolean?][] = [
    ['calls', report.calls],
    ['phones', report.phones],
    ['recordings', report.recordings],
    ['spooled', report.spooled, report.spooled > 1000],
    ['database', t('installation.ms', { ms: report.database_ms }), report.database_ms > 500],
    [
      'disk',
      report.free_bytes == null ? '–' : size(report.free_bytes),
      report.free_bytes != null && report.free_bytes < 2 * 1024 ** 3,
    ],
    ['memory', size(report.resident_bytes)],
    ['files', report.open_files],
  ]
  return (
    <section className="node" aria-label={node.name}>
      <h2>
        {node.name} <span className="muted num">{node.version}</span>
      </h2>
      <Dot tone={node.alive ? (report.dead_sound_threads > 0 ? 'bad' : 'good') : 'bad'}>
        {node.alive
          ? t('installation.alive', { minutes: Math.floor((serverNow() - node.started_at) / 60_000) })
          : t('installation.silent', { at: whenFull(node.seen_at) })}
      </Dot>
      <dl>
        {facts.map(([name, value, bad]) => (
          <div key={name}>
            <dt>{t(`installation.fact_${name}`)}</dt>
            <dd className={bad ? 'num bad' : 'num'}>{value}</dd>
          </div>
        ))}
      </dl>
      <p className="muted">
        <code>{report.listens.join(' · ')}</code>
      </p>
    </section>
  )
}
