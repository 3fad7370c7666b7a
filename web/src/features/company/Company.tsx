import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Skeleton } from 'antd'
import { useTranslation } from 'react-i18next'
import { client, type Schema, unwrap } from '~/api/client'
import { useMe } from '~/lib/me'
import { Failed } from '~/ui/Failed'
import type { Field } from '~/ui/Fields'
import { Page } from '~/ui/Page'
import { SettingsForm } from '~/ui/SettingsForm'
import { CompanyLimits } from './CompanyLimits'

type Tenant = Schema['Tenant']

const ZONES = [
  'Asia/Ho_Chi_Minh',
  'Asia/Bangkok',
  'Asia/Singapore',
  'Asia/Tokyo',
  'Asia/Seoul',
  'Australia/Sydney',
  'Europe/Paris',
  'Europe/London',
  'America/New_York',
  'America/Los_Angeles',
  'UTC',
]

/** What holds for the whole company. */
export function Company() {
  const { t } = useTranslation()
  const { company_id } = useMe()
  const params = { path: { company_id } }
  const { data, error, refetch } = useQuery({
    queryKey: ['company', company_id],
    queryFn: () => unwrap(client.GET('/api/v1/companies/{company_id}', { params })),
  })
  return (
    <Page title={t('menu.company')} about={t('company.about')}>
      {error ? (
        <Failed error={error} retry={refetch} />
      ) : data ? (
        <>
          <Settings company={data} />
          <CompanyLimits />
        </>
      ) : (
        <Skeleton active />
      )}
    </Page>
  )
}

function Settings({ company }: { company: Tenant }) {
  const queries = useQueryClient()
  const zones = [...new Set([company.time_zone, ...ZONES])].map((value) => ({ value, label: value }))
  const fields: Field[] = [
    { name: 'name', label: 'company.name', kind: 'text', required: true },
    {
      name: 'time_zone',
      label: 'company.zone',
      kind: 'select',
      required: true,
      options: zones,
      help: 'company.zoneHelp',
    },
    { name: 'record_calls', label: 'company.record', kind: 'switch', help: 'company.recordHelp' },
    {
      name: 'dial_countries',
      label: 'company.countries',
      kind: 'words',
      help: 'company.countriesHelp',
      placeholder: '84',
    },
    {
      name: 'blocked_prefixes',
      label: 'company.blocked',
      kind: 'words',
      help: 'company.blockedHelp',
      placeholder: '1900',
    },
    { name: 'country', label: 'company.country', kind: 'text', help: 'company.countryHelp' },
    { name: 'domain', label: 'company.domain', kind: 'text', help: 'company.domainHelp' },
  ]
  const save = async (filled: Tenant) => {
    const { name, time_zone, record_calls, dial_countries, blocked_prefixes, country, domain } = filled
    const body = { name, time_zone, record_calls, dial_countries, blocked_prefixes, country, domain }
    const params = { path: { company_id: company.id } }
    const saved = await unwrap(client.PATCH('/api/v1/companies/{company_id}', { params, body }))
    queries.setQueryData(['company', company.id], saved)
    await queries.invalidateQueries({ queryKey: ['me'] })
  }
  return (
    <section className="card pad" style={{ maxWidth: 720 }}>
      <SettingsForm fields={fields} values={company} save={save} />
    </section>
  )
}
