import { ArrowLeftOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { Skeleton } from 'antd'
import { lazy, Suspense, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { TicketsOf } from '~/features/tickets/TicketsOf'
import { useContactOf } from '~/lib/contacts'
import { useLiveCall } from '~/lib/live/store'
import { useMay } from '~/lib/me'
import { useNames } from '~/lib/names'
import { length, whenFull } from '~/lib/time'
import { Copy } from '~/ui/Copy'
import { Failed } from '~/ui/Failed'
import { Page } from '~/ui/Page'
import { Party } from '~/ui/Party'
import { Hold } from './Hold'
import { Legs } from './Legs'
import { Signalling } from './ladder/Signalling'
import { LiveCallPage } from './live/LiveCallPage'
import type { Place } from './player/place'
import { callQuery, type Detail } from './queries'
import { Scores } from './scores/Scores'
import { Timeline } from './Timeline'
import { Trail } from './Trail'
import { Direction, Status } from './words'
import { Comments } from './written/Comments'
import { Written } from './written/Written'

const Player = lazy(() => import('./player/Player'))

/** Everything about one call. */
export function CallPage() {
  const { id } = useParams({ from: '/inside/calls/$id' })
  const { t } = useTranslation()
  const seesAll = useMay('view_calls')
  const live = useLiveCall(id)
  const place = useRef<Place>(null)
  const { data: call, error, refetch } = useQuery({ ...callQuery(id), retry: false })
  if (live && !call) return <LiveCallPage call={live} />
  if (error) return <Failed error={error} retry={refetch} />
  if (!call) return <Skeleton active className="waiting" />
  return (
    <Page
      title={
        <span className="row">
          <Link to="/calls" aria-label={t('call.back')}>
            <ArrowLeftOutlined />
          </Link>
          <Party number={call.caller_number} /> → <Party number={call.callee_number} />
        </span>
      }
      about={whenFull(call.started_at)}
      actions={<Copy text={call.id} label={t('call.id')} />}
    >
      <div className="call-grid">
        <div className="stack">
          {call.recording && (
            <section className="card pad">
              <h2>{t('call.recording')}</h2>
              <Suspense fallback={<Skeleton.Node active style={{ width: '100%', height: 120 }} />}>
                <Player id={call.id} recording={call.recording} place={place} />
              </Suspense>
              <Hold id={call.id} recording={call.recording} />
            </section>
          )}
          {call.recording_deleted_at != null && (
            <section className="card pad">
              <h2>{t('call.recording')}</h2>
              <p className="muted">
                {t('recordings.deleted', { when: whenFull(call.recording_deleted_at) })}
              </p>
            </section>
          )}
          <section className="card pad">
            <h2>{t('call.timeline')}</h2>
            <Timeline call={call} />
          </section>
          <Comments id={call.id} place={call.recording ? place : undefined} />
          {seesAll && (
            <section className="card pad">
              <h2>{t('call.why')}</h2>
              <p className="muted">{t('call.whyAbout')}</p>
              <Trail id={call.id} began={call.started_at} />
            </section>
          )}
        </div>
        <div className="stack">
          <Written id={call.id} written={call.wrap_up} />
          <Record call={call} />
          <Tickets call={call} />
          <section className="card pad">
            <h2>{t('call.legs')}</h2>
            <Legs legs={call.legs} />
          </section>
          <Scores call={call} />
        </div>
      </div>
      {seesAll && <Signalling id={call.id} />}
    </Page>
  )
}

/** What was written for the customer because of the call. */
function Tickets({ call }: { call: Detail }) {
  const contact = useContactOf(call.direction === 'inbound' ? call.caller_number : call.callee_number)
  return <TicketsOf call={call.id} contact={contact?.id} />
}

function Record({ call }: { call: Detail }) {
  const { t } = useTranslation()
  const names = useNames()
  const named = (id?: string | null) => (id ? names.of(id) : '–')
  const facts: [string, React.ReactNode][] = [
    ['calls.column.status', <Status key="s" status={call.status} cause={call.cause} />],
    ['call.direction', <Direction key="d" direction={call.direction} word />],
    ['call.cause', t(`cause.${call.cause}`, { defaultValue: call.cause })],
    ['calls.column.ended_by', t(`endedBy.${call.ended_by}`, { defaultValue: call.ended_by })],
    ['calls.column.talk', call.talk_ms > 0 ? length(call.talk_ms) : '–'],
    ['calls.column.duration', length(call.duration_ms)],
    ['calls.column.hotline', named(call.hotline)],
    ['calls.column.extension', named(call.extension)],
    ['calls.column.trunk', named(call.trunk)],
    ['call.callerName', /\p{L}/u.test(call.caller_name) ? call.caller_name : '–'],
  ]
  return (
    <section className="card pad">
      <h2 style={{ marginBottom: 12 }}>{t('call.record')}</h2>
      <dl className="facts">
        {facts.map(([label, value]) => (
          <div key={label} style={{ display: 'contents' }}>
            <dt>{t(label)}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
