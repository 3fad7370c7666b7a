import { DesktopOutlined, PhoneOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Skeleton } from 'antd'
import { useTranslation } from 'react-i18next'
import { type Call, latestQuery } from '~/features/calls/queries'
import { Direction, Status } from '~/features/calls/words'
import { useMay, useMe } from '~/lib/me'
import { length, when } from '~/lib/time'
import { Failed } from '~/ui/Failed'
import { Page } from '~/ui/Page'
import { Party } from '~/ui/Party'
import { Teach } from '~/ui/Teach'
import { FirstSteps } from './FirstSteps'
import { LiveBoard } from './LiveBoard'
import { Today } from './Today'
import { Wallboard } from './Wallboard'

/** What happens now, and what happened last. */
export function Home() {
  const { t } = useTranslation()
  const me = useMe()
  const [seesCalls, callsAlone] = [useMay('view_calls'), useMay('make_calls')]
  return (
    <Page
      title={t('home.hello', { name: me.name || me.login || me.company_name })}
      about={t('home.about')}
      actions={
        seesCalls && (
          <Link to="/tv" className="tv-link">
            <DesktopOutlined aria-hidden="true" /> {t('tv.title')}
          </Link>
        )
      }
    >
      <FirstSteps />
      {seesCalls ? (
        <>
          <Today />
          <LiveBoard />
          <Wallboard />
          <Latest />
        </>
      ) : (
        <>
          <Teach icon={<PhoneOutlined />} title={t('home.agent')} why={t('home.agentWhy')} />
          {callsAlone && <Latest />}
        </>
      )}
    </Page>
  )
}

function Latest() {
  const { t } = useTranslation()
  const { data, error, refetch } = useQuery(latestQuery)
  return (
    <section className="card pad">
      <div className="row between">
        <h2>{t('home.latest')}</h2>
        <Link to="/calls">{t('home.all')}</Link>
      </div>
      {error && !data ? (
        <Failed error={error} retry={refetch} />
      ) : !data ? (
        <Skeleton active title={false} />
      ) : (
        <LatestList calls={data} />
      )}
    </section>
  )
}

function LatestList({ calls }: { calls: Call[] }) {
  const { t } = useTranslation()
  if (calls.length === 0) return <p className="muted">{t('calls.noneWhy')}</p>
  return (
    <ul className="latest">
      {calls.map((call) => (
        <li key={call.id}>
          <Link to="/calls/$id" params={{ id: call.id }}>
            <Direction direction={call.direction} />
            <Party number={call.caller_number} /> <span className="muted">→</span>{' '}
            <Party number={call.callee_number} />
          </Link>
          <Status status={call.status} />
          <span className="num muted">{call.talk_ms > 0 ? length(call.talk_ms) : ''}</span>
          <time className="num muted">{when(call.started_at)}</time>
        </li>
      ))}
    </ul>
  )
}
