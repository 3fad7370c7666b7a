import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { client, Problem, type Schema, unwrap } from '~/api/client'
import { HANDLING_FIELDS, handlingBody, handlingForm } from '~/lib/handling'
import { useMay } from '~/lib/me'
import { Failed } from '~/ui/Failed'
import { SettingsForm } from '~/ui/SettingsForm'

const KEY = ['handling', 'own']

/** What becomes of one's own calls; nothing for who has no extension. */
export function OwnHandling() {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const mayCall = useMay('make_calls')
  const { data, error, refetch } = useQuery({
    queryKey: KEY,
    queryFn: () => unwrap(client.GET('/api/v1/phone/handling')).catch(noPhone),
    enabled: mayCall,
  })
  if (!mayCall || data === null) return null
  const save = async (filled: Schema['CallHandling']) => {
    const body = handlingBody(filled)
    queries.setQueryData(KEY, await unwrap(client.PATCH('/api/v1/phone/handling', { body })))
  }
  return (
    <section className="card pad" style={{ maxWidth: 620 }}>
      <h2 style={{ marginBottom: 4 }}>{t('handling.mine')}</h2>
      <p className="muted" style={{ marginBottom: 16 }}>
        {t('handling.about')}
      </p>
      {error && <Failed error={error} retry={refetch} />}
      {data && <SettingsForm fields={[...HANDLING_FIELDS]} values={handlingForm(data)} save={save} />}
    </section>
  )
}

function noPhone(error: unknown): null {
  if (error instanceof Problem && error.code === 'no_phone') return null
  throw error
}
