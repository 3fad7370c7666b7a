import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Skeleton } from 'antd'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { client, type Schema, unwrap } from '~/api/client'
import { greetingsQuery } from '~/api/lists'
import { useMay } from '~/lib/me'
import { Failed } from '~/ui/Failed'
import type { Field } from '~/ui/Fields'
import { Page } from '~/ui/Page'
import { SettingsForm } from '~/ui/SettingsForm'
import { Manifest } from './Manifest'
import { Places } from './Places'

type Settings = Schema['RecordingSettings']

export const RULES = ['always', 'on_demand', 'never'] as const

/** Which talks are recorded, who is told, how long recordings are kept, and what shows that nobody changed one. */
export function Recordings() {
  const { t } = useTranslation()
  const { data, error, refetch } = useQuery({
    queryKey: ['recording-settings'],
    queryFn: () => unwrap(client.GET('/api/v1/recordings/settings')),
  })
  const maySeeCalls = useMay('view_calls')
  return (
    <Page title={t('menu.recordings')} about={t('recordings.about')}>
      {error ? (
        <Failed error={error} retry={refetch} />
      ) : data ? (
        <Form settings={data} />
      ) : (
        <Skeleton active />
      )}
      {maySeeCalls && <Manifest />}
    </Page>
  )
}

function Form({ settings }: { settings: Settings }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const mayEdit = useMay('edit_config')
  const greetings = useQuery(greetingsQuery).data ?? []
  const fields: Field[] = [
    {
      name: 'rule',
      label: 'recordings.rule',
      kind: 'select',
      required: true,
      options: RULES.map((value) => ({ value, label: t(`recordings.rule_${value}`) })),
      help: 'recordings.ruleHelp',
    },
    {
      name: 'places',
      label: 'recordings.places',
      kind: 'own',
      help: 'recordings.placesHelp',
      draw: <Places />,
    },
    {
      name: 'announcement',
      label: 'recordings.announcement',
      kind: 'select',
      options: greetings.map(({ id, name }) => ({ value: id, label: name })),
      help: 'recordings.announcementHelp',
    },
    {
      name: 'keep_days',
      label: 'recordings.keep',
      kind: 'number',
      min: 0,
      max: 36_500,
      suffix: t('recordings.days'),
      help: 'recordings.keepHelp',
    },
  ]
  const values = useMemo(() => settings, [settings])
  const save = async ({ rule, places, announcement, keep_days }: Settings) => {
    const filled = (places ?? []).filter(({ place }) => place !== '')
    const body = { rule, places: filled, announcement: announcement ?? null, keep_days: keep_days ?? 0 }
    const saved = await unwrap(client.PUT('/api/v1/recordings/settings', { body }))
    queries.setQueryData(['recording-settings'], saved)
    await queries.invalidateQueries({ queryKey: ['company'] })
  }
  return (
    <section className="card pad" style={{ maxWidth: 720 }}>
      <SettingsForm fields={fields} values={values} save={save} disabled={!mayEdit} />
    </section>
  )
}
