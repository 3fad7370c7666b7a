import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Modal, Skeleton } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client, type Schema, unwrap } from '~/api/client'
import { LIMIT_FIELDS } from '~/lib/limits'
import { useMay } from '~/lib/me'
import { Failed } from '~/ui/Failed'
import type { Field } from '~/ui/Fields'
import { SettingsForm } from '~/ui/SettingsForm'

type Limits = Schema['CallLimits']

const FIELDS: Field[] = [
  ...LIMIT_FIELDS,
  {
    name: 'dial_countries',
    label: 'limits.countries',
    kind: 'words',
    placeholder: '84',
    help: 'limits.countriesHelp',
  },
]

/** How much one extension may call to the outside. */
export function ExtensionLimits({ id }: { id: string }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const mayEdit = useMay('edit_config')
  const params = { path: { extension_id: id } }
  const key = ['limits', id]
  const [open, setOpen] = useState(false)
  const close = () => setOpen(false)
  const { data, error, refetch } = useQuery({
    queryKey: key,
    queryFn: () => unwrap(client.GET('/api/v1/extensions/{extension_id}/limits', { params })),
    enabled: open,
  })
  const save = async (filled: Limits) => {
    const body = { ...filled, dial_countries: filled.dial_countries?.length ? filled.dial_countries : null }
    queries.setQueryData(
      key,
      await unwrap(client.PATCH('/api/v1/extensions/{extension_id}/limits', { params, body })),
    )
    close()
  }
  return (
    <section style={{ margin: '0 0 24px' }}>
      <Button onClick={() => setOpen(true)}>{t('limits.title')}</Button>
      <Modal open={open} onCancel={close} title={t('limits.title')} footer={null} destroyOnHidden>
        <p className="muted" style={{ marginBottom: 16 }}>
          {t('limits.extension')}
        </p>
        {error && <Failed error={error} retry={refetch} />}
        {!data && !error && <Skeleton active title={false} />}
        {data && (
          <SettingsForm
            fields={FIELDS}
            values={{ ...data, dial_countries: data.dial_countries ?? [] }}
            save={save}
            disabled={!mayEdit}
          />
        )}
      </Modal>
    </section>
  )
}
