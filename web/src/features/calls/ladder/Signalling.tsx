import { Skeleton } from 'antd'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'

const Ladder = lazy(() => import('./Ladder'))

/** How a call was signalled, of one that is up as of one that ended. */
export function Signalling({ id }: { id: string }) {
  const { t } = useTranslation()
  return (
    <section className="card pad">
      <h2>{t('ladder.title')}</h2>
      <p className="muted">{t('ladder.about')}</p>
      <Suspense fallback={<Skeleton active title={false} />}>
        <Ladder id={id} />
      </Suspense>
    </section>
  )
}
