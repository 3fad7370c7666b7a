import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { extensionsQuery, presenceQuery, statisticsQuery } from '~/api/lists'
import { stageOf } from '~/lib/live/board'
import { useBoard } from '~/lib/live/store'
import { dayIso, length, serverNow } from '~/lib/time'

/** The figures of this moment; each that can leads to what it counts. */
export function Today() {
  const { t } = useTranslation()
  const calls = Object.values(useBoard())
  const extensions = useQuery(extensionsQuery).data
  const phones = useQuery(presenceQuery).data?.phones
  const today = dayIso(serverNow())
  const figures = useQuery(statisticsQuery({ from: today, to: today, by: 'day' })).data?.total
  const talk = figures && (figures.answered === 0 ? 0 : figures.talk_ms / figures.answered)
  const online = phones && new Set(phones.map((phone) => phone.extension)).size
  return (
    <div className="figures figures-wide">
      <Figure value={calls.length} name={t('figure.live')} />
      <Figure value={calls.filter((call) => stageOf(call) === 'talking').length} name={t('figure.talking')} />
      <Figure value={online} of={extensions?.length} name={t('figure.online')} to="/extensions" />
      <Figure value={figures?.calls} name={t('figure.today')} to="/statistics" search={{ span: 'today' }} />
      <Figure
        value={figures?.answered}
        name={t('figure.answered')}
        to="/calls"
        search={{ span: 'today', status: 'answered' }}
      />
      <Figure value={figures?.missed} name={t('figure.missed')} to="/statistics" search={{ span: 'today' }} />
      <Figure
        value={talk === undefined ? undefined : length(talk)}
        name={t('figure.talk')}
        to="/statistics"
        search={{ span: 'today' }}
      />
    </div>
  )
}

interface FigureProps {
  value: number | string | undefined
  of?: number | undefined
  name: string
  to?: '/extensions' | '/statistics' | '/calls'
  search?: Record<string, string>
}

function Figure({ value, of, name, to, search }: FigureProps) {
  const body = (
    <>
      <strong className="num">
        {value ?? '–'}
        {of !== undefined && <small> / {of}</small>}
      </strong>
      <span className="muted">{name}</span>
    </>
  )
  return to ? (
    <Link to={to as '/calls'} search={search ?? {}} className="figure card">
      {body}
    </Link>
  ) : (
    <div className="figure card">{body}</div>
  )
}
