import { Link } from '@tanstack/react-router'
import { memo, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { Beside } from '~/features/calls/live/Beside'
import { SuperviseMenu } from '~/features/calls/live/SuperviseMenu'
import { Direction } from '~/features/calls/words'
import { type LiveCall, type Stage, stageOf } from '~/lib/live/board'
import { useBoard } from '~/lib/live/store'
import { useMay, useMe } from '~/lib/me'
import { type Names, useNames } from '~/lib/names'
import { length } from '~/lib/time'
import { useSecond } from '~/lib/useSecond'
import { Party } from '~/ui/Party'

const LANES: Stage[] = ['arriving', 'ringing', 'talking', 'held']

/** The calls that are up, moving from lane to lane as they happen. */
export function LiveBoard() {
  const { t } = useTranslation()
  const calls = Object.values(useBoard()).sort((a, b) => a.startedAt - b.startedAt)
  // What all cards need is asked for once.
  const names = useNames()
  const [maySupervise, mayEnd] = [useMay('supervise'), useMay('make_calls')]
  const person = useMe().user_id
  const own = names.extensions.find((one) => person && one.user === person)?.number
  const watching = useMemo(
    () => ({ names, own, acts: maySupervise || mayEnd }),
    [names, own, maySupervise, mayEnd],
  )
  return (
    <section aria-label={t('board.title')} className="lanes">
      {LANES.map((lane) => (
        <Lane
          key={lane}
          lane={lane}
          calls={calls.filter((call) => stageOf(call) === lane)}
          watching={watching}
        />
      ))}
    </section>
  )
}

interface Watching {
  names: Names
  /** The number of whoever watches. */
  own: string | undefined
  /** Whether they may do anything with calls. */
  acts: boolean
}

function Lane({ lane, calls, watching }: { lane: Stage; calls: LiveCall[]; watching: Watching }) {
  const { t } = useTranslation()
  return (
    <div className={`lane lane-${lane}`}>
      <h2>
        {t(`board.${lane}`)} <span className="num muted">{calls.length}</span>
      </h2>
      {calls.length === 0 ? (
        <p className="muted lane-empty">{t(`board.${lane}None`)}</p>
      ) : (
        <ul>
          {calls.map((call) => (
            <Card key={call.id} call={call} watching={watching} />
          ))}
        </ul>
      )}
    </div>
  )
}

const Card = memo(function Card({ call, watching }: { call: LiveCall; watching: Watching }) {
  const { t } = useTranslation()
  const { names, own, acts } = watching
  const who = call.extensions.map((number) => names.extensionByNumber(number)?.name ?? number)
  return (
    <li className="live-card">
      <div className="row between">
        <Link to="/calls/$id" params={{ id: call.id }} className="live-from">
          <Direction direction={call.direction} />
          <Party number={call.from} />
        </Link>
        <Since at={call.answeredAt ?? call.startedAt} />
      </div>
      <div className="row between">
        <span className="muted live-who">
          {who.length > 0 ? who.slice(0, 3).join(', ') : <Party number={call.to} />}
          {who.length > 3 && ` +${who.length - 3}`}
          {call.keys !== '' && stageOf(call) === 'arriving' && ` · ${t('board.keys', { keys: call.keys })}`}
        </span>
        {acts && <SuperviseMenu call={call} own={own} />}
      </div>
      <Beside call={call} />
    </li>
  )
})

/** How long it has lasted; only this is drawn anew each second. */
function Since({ at }: { at: number }) {
  const now = useSecond()
  return <span className="num">{length(now - at)}</span>
}
