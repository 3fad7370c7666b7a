import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Drawer, Segmented, Skeleton } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client, type Schema, unwrap } from '~/api/client'
import { type Names, useNames } from '~/lib/names'
import { formatPhone } from '~/lib/phone'
import { whenFull } from '~/lib/time'
import { Dot } from '~/ui/Dot'
import { Failed } from '~/ui/Failed'
import type { Graph } from './graph'

const DAYS = [1, 7, 31]

/** What if: the calls of the last days walk the drawing; those that would end elsewhere are told. */
export function Replay({ flow, graph, onClose }: { flow: string; graph: Graph; onClose: () => void }) {
  const { t } = useTranslation()
  const [days, setDays] = useState(7)
  const { data, error, refetch } = useQuery({
    queryKey: ['flow', flow, 'replay', days, graph],
    queryFn: () =>
      unwrap(
        client.POST('/api/v1/flows/{flow_id}/replay', {
          params: { path: { flow_id: flow } },
          body: { days, graph: graph as unknown as Record<string, unknown> },
        }),
      ),
    staleTime: 0,
    retry: false,
  })
  return (
    <Drawer open size="large" title={t('replay.title')} onClose={onClose}>
      <div className="stack">
        <p className="muted">{t('replay.about')}</p>
        <Segmented
          aria-label={t('replay.days')}
          value={days}
          onChange={setDays}
          options={DAYS.map((value) => ({ value, label: t('replay.lastDays', { count: value }) }))}
        />
        {error ? (
          <Failed error={error} retry={refetch} />
        ) : data ? (
          <Outcome replay={data} />
        ) : (
          <Skeleton active title={false} />
        )}
      </div>
    </Drawer>
  )
}

function Outcome({ replay }: { replay: Schema['FlowReplay'] }) {
  const { t } = useTranslation()
  const names = useNames()
  if (replay.calls === 0) return <p>{t('replay.none')}</p>
  return (
    <>
      <dl className="replay-sum">
        {(['calls', 'same', 'elsewhere', 'undecided', 'unknown'] as const).map((key) =>
          key === 'unknown' && replay.unknown === 0 ? null : (
            <div key={key} className={`replay-${key}`}>
              <dt>{t(`replay.${key}`)}</dt>
              <dd className="num">{replay[key]}</dd>
            </div>
          ),
        )}
      </dl>
      {replay.more && <p className="muted">{t('replay.more')}</p>}
      {replay.items.length === 0 && <p>{t('replay.allSame')}</p>}
      <ul className="replay">
        {replay.items.map((call, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: one call may meet a flow twice, and the list never changes
          <li key={place}>
            <div className="row">
              <Link to="/calls/$id" params={{ id: call.call }}>
                <span className="num">{whenFull(call.started_at)}</span>
              </Link>
              <span className="num">{formatPhone(call.caller_number)}</span>
              {call.digits && <code>{call.digits}</code>}
              {call.undecided && <Dot tone="warn">{t('replay.undecidedTag')}</Dot>}
            </div>
            <div>
              <del>{ending(call.was, names, t)}</del> → <ins>{ending(call.would, names, t)}</ins>
            </div>
          </li>
        ))}
      </ul>
    </>
  )
}

function ending(
  { node, target, cause }: Schema['FlowEnding'],
  names: Names,
  t: ReturnType<typeof useTranslation>['t'],
): string {
  if (target) return `${t(`target.${target.kind}`)} ${names.of(target.id)}`
  if (cause) return t('replay.ended', { cause: t(`cause.${cause}`, { defaultValue: cause }).toLowerCase() })
  return t('replay.waits', { node })
}
