import { useQuery } from '@tanstack/react-query'
import { App, Button, Dropdown } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Schema } from '~/api/client'
import { pauseReasonsQuery, wallQuery } from '~/api/lists'
import { putState, stateText, toneOf, type Wish, wishItems } from '~/lib/agents'
import type { WallQueue } from '~/lib/live/wall'
import { useMay } from '~/lib/me'
import { problemText } from '~/lib/problem'
import { length } from '~/lib/time'
import { useSecond } from '~/lib/useSecond'
import { Dot } from '~/ui/Dot'
import { Failed } from '~/ui/Failed'
import { Party } from '~/ui/Party'

type Agent = Schema['Agent']

const SHOWN = 6
/** Below this a service level is in danger. */
const GOOD_LEVEL = 80

/** The queues as they are: who waits and for how long, what agents do, and how today went. `still` has nothing to press. */
export function Wallboard({ still = false }: { still?: boolean }) {
  const { t } = useTranslation()
  const allowed = useMay('supervise')
  const { data, error, refetch } = useQuery({ ...wallQuery, enabled: allowed })
  if (!allowed) return null
  if (error && !data) return <Failed error={error} retry={refetch} />
  if (!data || data.queues.length === 0) return null
  return (
    <section aria-label={t('wall.title')} className="wall">
      <div className="wall-queues">
        {data.queues.map((queue) => (
          <QueueCard key={queue.id} queue={queue} />
        ))}
      </div>
      {data.agents.length > 0 && (
        <div className="card pad">
          <h2>{t('wall.agents')}</h2>
          <ul className="wall-agents">
            {data.agents.map((agent) => (
              <AgentLine key={agent.extension_id} agent={agent} still={still} />
            ))}
          </ul>
        </div>
      )}
    </section>
  )
}

function QueueCard({ queue }: { queue: WallQueue }) {
  const { t } = useTranslation()
  const now = useSecond()
  const { waiting, today } = queue
  const longest = waiting.length === 0 ? 0 : now - Math.min(...waiting.map(({ since }) => since))
  const late = longest > today.service_level_ms
  return (
    <article className={late ? 'card pad wall-late' : 'card pad'}>
      <div className="row between">
        <h2>{queue.name}</h2>
        <Level value={today.service_level ?? null} />
      </div>
      <dl className="wall-figures">
        <Figure name={t('wall.waiting')} value={waiting.length} />
        <Figure name={t('wall.longest')} value={waiting.length === 0 ? '–' : length(longest)} />
        <Figure name={t('wall.answered')} value={today.answered} />
        <Figure name={t('wall.abandoned')} value={today.abandoned} />
        <Figure name={t('wall.sentOn')} value={today.overflowed + today.timed_out} />
      </dl>
      {waiting.length > 0 && (
        <ol className="wall-waiting">
          {waiting.slice(0, SHOWN).map(({ call, number, since }) => (
            <li key={call} className="row between">
              <Party number={number} />
              <span className="num">{length(now - since)}</span>
            </li>
          ))}
          {waiting.length > SHOWN && (
            <li className="muted">{t('wall.more', { count: waiting.length - SHOWN })}</li>
          )}
        </ol>
      )}
    </article>
  )
}

function Figure({ name, value }: { name: string; value: number | string }) {
  return (
    <div>
      <dt className="muted">{name}</dt>
      <dd className="num">{value}</dd>
    </div>
  )
}

/** Answered in time, of all who called. */
function Level({ value }: { value: number | null }) {
  const { t } = useTranslation()
  if (value === null) return <span className="muted">{t('wall.quiet')}</span>
  return (
    <Dot tone={value >= GOOD_LEVEL ? 'good' : 'bad'}>{t('wall.level', { percent: Math.round(value) })}</Dot>
  )
}

function AgentLine({ agent, still }: { agent: Agent; still: boolean }) {
  const { t } = useTranslation()
  const now = useSecond()
  const words = stateText(t, agent)
  const name = agent.name === agent.extension ? agent.extension : `${agent.extension} · ${agent.name}`
  const state = (
    <Dot tone={toneOf(agent.state)}>
      {words}
      {agent.since > 0 && <span className="num muted"> {length(now - agent.since)}</span>}
    </Dot>
  )
  return (
    <li>
      <span className="wall-name">{name}</span>
      {!agent.reachable && agent.state !== 'offline' && <span className="muted">{t('wall.noPhone')}</span>}
      {still ? (
        state
      ) : (
        <Change agent={agent} name={name}>
          {state}
        </Change>
      )}
    </li>
  )
}

/** A supervisor logs agents in and out and pauses them. */
function Change({ agent, name, children }: { agent: Agent; name: string; children: ReactNode }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const reasons = useQuery(pauseReasonsQuery).data ?? []
  const put = (wish: Wish) =>
    void putState(agent.extension_id, wish).catch((error) => message.error(problemText(error, t)))
  const items = wishItems(
    t,
    reasons.map((reason) => reason.name),
    put,
  )
  return (
    <Dropdown menu={{ items }} trigger={['click']}>
      <Button type="text" size="small" aria-label={t('wall.change', { name, state: stateText(t, agent) })}>
        {children}
      </Button>
    </Dropdown>
  )
}
