import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { extensionsQuery, presenceQuery } from '~/api/lists'
import { stageOf } from '~/lib/live/board'
import { useBoard } from '~/lib/live/store'

/** The figures of this moment; each that can leads to what it counts. */
export function Today() {
  const { t } = useTranslation()
  const calls = Object.values(useBoard())
  const extensions = useQuery(extensionsQuery).data
  const phones = useQuery(presenceQuery).data?.phones
  const online = phones && new Set(phones.map((phone) => phone.extension)).size
  return (
    <div className="figures">
      <Figure value={calls.length} name={t('figure.live')} />
      <Figure value={calls.filter((call) => stageOf(call) === 'talking').length} name={t('figure.talking')} />
      <Figure value={online} of={extensions?.length} name={t('figure.online')} to="/extensions" />
    </div>
  )
}

interface FigureProps {
  value: number | undefined
  of?: number | undefined
  name: string
  to?: '/extensions'
}

function Figure({ value, of, name, to }: FigureProps) {
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
    <Link to={to} className="figure card">
      {body}
    </Link>
  ) : (
    <div className="figure card">{body}</div>
  )
}
