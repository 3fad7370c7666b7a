import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Skeleton } from 'antd'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { statisticsQuery } from '~/api/lists'
import { Failed } from '~/ui/Failed'
import { Page } from '~/ui/Page'
import { SavedViews } from '~/ui/SavedViews'
import { Causes } from './Causes'
import { Choice } from './Choice'
import { Export } from './Export'
import { Kinds } from './Kinds'
import { cleanStatistics, daysOf, type StatisticsSearch, textOf } from './period'
import { Tables } from './Tables'
import { Totals } from './Totals'

const OverTime = lazy(() => import('./OverTime'))

/** What calls there were in a period: totals beside the period before, over time, by cause, extension and hotline. */
export function Statistics() {
  const { t } = useTranslation()
  const search = useSearch({ from: '/inside/statistics' })
  const navigate = useNavigate()
  const days = daysOf(search)
  const { data, error, refetch } = useQuery(
    statisticsQuery({
      ...days,
      direction: search.direction,
      hotline: search.hotline,
      extension: search.extension,
    }),
  )
  const change = (next: StatisticsSearch) => void navigate({ to: '/statistics', search: next })
  return (
    <Page
      title={t('menu.statistics')}
      about={t('statistics.about')}
      actions={
        <>
          <SavedViews
            list="statistics"
            present={textOf(search)}
            onChoose={(query) => change(cleanStatistics(query))}
          />
          {data && <Export data={data} days={days} />}
        </>
      }
    >
      <Kinds search={search} />
      <Choice search={search} onChange={change} />
      {error && !data ? (
        <Failed error={error} retry={refetch} />
      ) : !data ? (
        <Skeleton active className="waiting" />
      ) : (
        <>
          <Totals data={data} days={days} search={search} />
          <section className="card pad">
            <h2>{t('statistics.overTime')}</h2>
            <Suspense fallback={<Skeleton.Node active style={{ width: '100%', height: 280 }} />}>
              <OverTime data={data} days={days} search={search} />
            </Suspense>
          </section>
          <div className="figures-grid">
            <Tables data={data} days={days} search={search} />
            <Causes data={data} days={days} search={search} />
          </div>
        </>
      )}
    </Page>
  )
}
