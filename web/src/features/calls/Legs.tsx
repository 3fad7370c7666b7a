import { useTranslation } from 'react-i18next'
import type { Schema } from '~/api/client'
import { useNames } from '~/lib/names'
import { length } from '~/lib/time'
import { Dot, type Tone } from '~/ui/Dot'
import { Phone } from '~/ui/Phone'

type Leg = Schema['CallLeg']

/** Each side of the call, and how it sounded. */
export function Legs({ legs }: { legs: Leg[] }) {
  return (
    <ol className="legs">
      {legs.map((leg) => (
        <LegLine key={leg.leg} leg={leg} />
      ))}
    </ol>
  )
}

function LegLine({ leg }: { leg: Leg }) {
  const { t } = useTranslation()
  const names = useNames()
  const who = leg.extension ? names.of(leg.extension) : <Phone number={leg.number} />
  const talked = leg.answered_at ? length(leg.ended_at - leg.answered_at) : null
  return (
    <li>
      <div className="row between">
        <strong>
          <span className="leg-number">{leg.leg}</span> {who}
        </strong>
        <span className="muted">{t(leg.kind === 'in' ? 'leg.in' : 'leg.out')}</span>
      </div>
      <div className="row muted">
        {talked ? (
          <span className="num">{talked}</span>
        ) : (
          t(`cause.${leg.cause}`, { defaultValue: leg.cause })
        )}
        {leg.trunk && <span>{names.of(leg.trunk)}</span>}
        {leg.quality && <Quality quality={leg.quality} />}
      </div>
    </li>
  )
}

function Quality({ quality }: { quality: Schema['CallQuality'] }) {
  const { t } = useTranslation()
  const { mos, codec, lost, rx_packets, jitter_ms, rtt_ms } = quality
  const share = rx_packets + lost > 0 ? (100 * lost) / (rx_packets + lost) : 0
  const more = [
    codec,
    t('leg.lost', { share: share.toFixed(1) }),
    t('leg.jitter', { ms: Math.round(jitter_ms) }),
    rtt_ms ? t('leg.rtt', { ms: Math.round(rtt_ms) }) : null,
  ]
  return (
    <span className="row">
      {mos && <Dot tone={toneOf(mos)}>MOS {mos.toFixed(1)}</Dot>}
      <span>{more.filter(Boolean).join(' · ')}</span>
    </span>
  )
}

const toneOf = (mos: number): Tone => (mos >= 4 ? 'good' : mos >= 3.4 ? 'warn' : 'bad')
