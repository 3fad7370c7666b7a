import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { extensionsQuery } from '~/api/lists'
import { length } from '~/lib/time'
import { callsOf } from './links'
import { change, type Days, type StatisticsSearch } from './period'
import type { Figures, Statistics } from './queries'

const average = (sum: number, count: number) => (count === 0 ? 0 : sum / count)

/** The figures of the whole period, each beside that of the period before; those that can lead to their calls. */
export function Totals({ data, days, search }: { data: Statistics; days: Days; search: StatisticsSearch }) {
  const { t } = useTranslation()
  const { total, before } = data
  const extensions = useQuery(extensionsQuery).data?.length
  const rate = (of: Figures) => Math.round(100 * average(of.answered, of.calls))
  const link = (status?: string) => callsOf(days, search, status ? { status } : {})
  return (
    <div className="figures figures-four">
      <Tile name={t('statistics.calls')} value={total.calls} before={before.calls} to={link()} />
      <Tile
        name={t('statistics.answered')}
        value={total.answered}
        before={before.answered}
        to={link('answered')}
      />
      <Tile name={t('statistics.missed')} value={total.missed} before={before.missed} worse />
      <Tile name={t('statistics.rate')} value={rate(total)} before={rate(before)} shown={`${rate(total)}%`} />
      <Tile
        name={t('statistics.talk')}
        value={total.talk_ms}
        before={before.talk_ms}
        shown={length(total.talk_ms)}
      />
      <Tile
        name={t('statistics.talkEach')}
        value={average(total.talk_ms, total.answered)}
        before={average(before.talk_ms, before.answered)}
        shown={length(average(total.talk_ms, total.answered))}
      />
      <Tile
        name={t('statistics.waitEach')}
        value={average(total.wait_ms, total.answered)}
        before={average(before.wait_ms, before.answered)}
        shown={length(average(total.wait_ms, total.answered))}
        worse
      />
      {extensions !== undefined && <Tile name={t('statistics.extensions')} value={extensions} />}
    </div>
  )
}

interface TileProps {
  name: string
  value: number
  before?: number
  shown?: string
  /** More is worse. */
  worse?: boolean
  to?: Record<string, string>
}

export function Tile({ name, value, before, shown, worse, to }: TileProps) {
  const { t } = useTranslation()
  const percent = before === undefined ? null : change(value, before)
  const tone = percent === null || percent === 0 ? '' : percent > 0 === Boolean(worse) ? 'down' : 'up'
  const body = (
    <>
      <strong className="num">{shown ?? value}</strong>
      <span className="muted">{name}</span>
      {before !== undefined && (
        <span className={`delta delta-${tone}`}>
          {percent === null
            ? t('statistics.noBefore')
            : t('statistics.delta', { sign: percent > 0 ? '+' : '', percent })}
        </span>
      )}
    </>
  )
  return to ? (
    <Link to="/calls" search={to} className="figure card">
      {body}
    </Link>
  ) : (
    <div className="figure card">{body}</div>
  )
}
