import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

const KINDS = [
  { to: '/statistics', name: 'calls' },
  { to: '/statistics/queues', name: 'queues' },
  { to: '/statistics/agents', name: 'agents' },
  { to: '/statistics/scores', name: 'scores' },
] as const

/** The reports beside each other; the days stay when one goes to another. */
export function Kinds({ search }: { search: { span?: string; from?: string; to?: string } }) {
  const { t } = useTranslation()
  const { span, from, to } = search
  return (
    <nav className="kinds" aria-label={t('statistics.kinds')}>
      {KINDS.map((kind) => (
        <Link
          key={kind.to}
          to={kind.to}
          search={{ span, from, to }}
          activeOptions={{ exact: true, includeSearch: false }}
          activeProps={{ 'aria-current': 'page' }}
        >
          {t(`statistics.kind_${kind.name}`)}
        </Link>
      ))}
    </nav>
  )
}
