import { useTranslation } from 'react-i18next'
import { arrowOf, type Entry, type Places, weightOf } from './columns'

/** One line of the ladder: an arrow between two sides, or a note at one. */
export function Rung({
  entry,
  began,
  places,
  onOpen,
}: {
  entry: Entry
  began: number
  places: Places
  onOpen: (entry: Entry) => void
}) {
  const time = `+${((entry.at_us - began) / 1_000_000).toFixed(3)}`
  return (
    <li className="ladder-row">
      <span className="num muted">{time}</span>
      {Array.from({ length: places.count }, (_, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: columns are their places
        <i key={place} className="ladder-life" style={{ gridColumn: place + 2 }} aria-hidden="true" />
      ))}
      {entry.message ? (
        <Arrow entry={entry} places={places} onOpen={onOpen} />
      ) : (
        <Note entry={entry} place={places.of(entry.leg)} />
      )}
    </li>
  )
}

function Arrow({ entry, places, onOpen }: { entry: Entry; places: Places; onOpen: (entry: Entry) => void }) {
  const { t } = useTranslation()
  const { from, to, right } = arrowOf(entry, places)
  const { session, sent } = entry.message ?? {}
  // It begins and ends in the middle of its columns.
  const margin = `${50 / (to - from + 1)}%`
  return (
    <button
      type="button"
      className={`ladder-arrow ladder-${weightOf(entry)} ${right ? 'ladder-right' : 'ladder-left'}`}
      style={{ gridColumn: `${from + 2} / ${to + 3}`, marginInline: margin }}
      aria-label={`${t(sent ? 'ladder.sent' : 'ladder.received')}: ${entry.label}`}
      onClick={() => onOpen(entry)}
    >
      <span>
        {entry.label}
        {session && <small>{session === 'sendrecv' ? 'SDP' : session}</small>}
      </span>
    </button>
  )
}

function Note({ entry, place }: { entry: Entry; place: number }) {
  const { t } = useTranslation()
  const word = entry.kind === 'digit' ? t('ladder.digit', { key: entry.label }) : t(`ladder.${entry.kind}`)
  return (
    <span className="ladder-note" style={{ gridColumn: place + 2 }}>
      {word}
    </span>
  )
}
