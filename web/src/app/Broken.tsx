import { CompassOutlined } from '@ant-design/icons'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Failed } from '~/ui/Failed'
import { Teach } from '~/ui/Teach'

/** A screen that failed while it was drawn or loaded. */
export function Broken({ error, reset }: { error: unknown; reset: () => void }) {
  return (
    <main className="page">
      <Failed error={error} retry={reset} />
    </main>
  )
}

export function NotFound() {
  const { t } = useTranslation()
  return (
    <Teach
      icon={<CompassOutlined />}
      title={t('notFound.title')}
      why={t('notFound.why')}
      action={<Link to="/">{t('notFound.home')}</Link>}
    />
  )
}
