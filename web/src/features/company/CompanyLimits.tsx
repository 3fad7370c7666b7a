import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Skeleton } from 'antd'
import { useTranslation } from 'react-i18next'
import { client, type Schema, unwrap } from '~/api/client'
import { LIMIT_FIELDS } from '~/lib/limits'
import { Failed } from '~/ui/Failed'
import { SettingsForm } from '~/ui/SettingsForm'

type Limits = Schema['CallLimits']

/** How much the company may call to the outside. */
export function CompanyLimits() {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const { data, error, refetch } = useQuery({
    queryKey: ['limits'],
    queryFn: () => unwrap(client.GET('/api/v1/limits')),
  })
  const save = async ({ outbound_calls, outbound_calls_per_minute, outbound_minutes_per_day }: Limits) => {
    const body = { outbound_calls, outbound_calls_per_minute, outbound_minutes_per_day }
    queries.setQueryData(['limits'], await unwrap(client.PATCH('/api/v1/limits', { body })))
  }
  return (
    <section className="card pad" style={{ maxWidth: 720 }}>
      <h2 style={{ marginBottom: 4 }}>{t('limits.title')}</h2>
      <p className="muted" style={{ marginBottom: 16 }}>
        {t('limits.company')}
      </p>
      {error && <Failed error={error} retry={refetch} />}
      {!data && !error && <Skeleton active title={false} />}
      {data && <SettingsForm fields={[...LIMIT_FIELDS]} values={data} save={save} />}
    </section>
  )
}
