import { useTranslation } from 'react-i18next'
import type { Schema } from '~/api/client'
import { useNames } from '~/lib/names'
import { formatPhone } from '~/lib/phone'
import { length } from '~/lib/time'

type Detail = Schema['CallDetail']

/** Each leg as a bar over the time of the call: waiting, ringing, talking. */
export function Timeline({ call }: { call: Detail }) {
  const { t } = useTranslation()
  const names = useNames()
  const whole = Math.max(1, call.ended_at - call.started_at)
  const at = (time: number) => `${(100 * (time - call.started_at)) / whole}%`
  const bar = (kind: string, from: number, to: number) =>
    to > from && (
      <i
        className={`bar bar-${kind}`}
        style={{ left: at(from), width: `${(100 * (to - from)) / whole}%` }}
        title={`${t(`timeline.${kind}`)} ${length(to - from)}`}
      />
    )
  return (
    <div className="timeline">
      {call.legs.map((leg) => {
        const rang = leg.ringing_at ?? leg.answered_at ?? leg.ended_at
        const talk = leg.answered_at ?? leg.ended_at
        return (
          <div className="timeline-leg" key={leg.leg}>
            <span className="timeline-name">
              {leg.extension ? names.of(leg.extension) : formatPhone(leg.number)}
            </span>
            <span className="timeline-bars">
              {bar('waiting', leg.started_at, Math.min(rang, talk))}
              {bar('ringing', rang, talk)}
              {bar('talking', talk, leg.ended_at)}
            </span>
          </div>
        )
      })}
      <div className="row between muted num">
        <span>0:00</span>
        <span>{length(whole)}</span>
      </div>
      <div className="row muted">
        {['waiting', 'ringing', 'talking'].map((kind) => (
          <span key={kind} className="row">
            <i className={`bar-key bar-${kind}`} aria-hidden="true" /> {t(`timeline.${kind}`)}
          </span>
        ))}
      </div>
    </div>
  )
}
