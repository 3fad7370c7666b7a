import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Modal, Skeleton } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client, type Schema, unwrap } from '~/api/client'
import { Failed } from '~/ui/Failed'
import type { Field } from '~/ui/Fields'
import { SettingsForm } from '~/ui/SettingsForm'

const PATH = '/api/v1/companies/{company_id}/quota'

const bound = (name: string, label: string): Field => ({
  name,
  label,
  kind: 'number',
  required: true,
  min: 0,
  max: 1_000_000,
})
const FIELDS = [
  bound('calls', 'companies.calls'),
  bound('calls_per_second', 'companies.calls_per_second'),
  bound('registrations', 'companies.registrations'),
  bound('clicks_per_minute', 'companies.clicks_per_minute'),
  bound('api_requests_per_second', 'companies.api_requests_per_second'),
]

/** How much of the installation a company may take. */
export function CompanyQuota({ id }: { id: string }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const params = { path: { company_id: id } }
  const key = ['quota', id]
  const [open, setOpen] = useState(false)
  const close = () => setOpen(false)
  const { data, error, refetch } = useQuery({
    queryKey: key,
    queryFn: () => unwrap(client.GET(PATH, { params })),
    enabled: open,
  })
  const save = async (body: Schema['Quota']) => {
    queries.setQueryData(key, await unwrap(client.PUT(PATH, { params, body })))
    close()
  }
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t('companies.quota')}</Button>
      <Modal open={open} onCancel={close} title={t('companies.quota')} footer={null} destroyOnHidden>
        <p className="muted" style={{ marginBottom: 16 }}>
          {t('companies.quotaAbout')}
        </p>
        {error && <Failed error={error} retry={refetch} />}
        {!data && !error && <Skeleton active title={false} />}
        {data && <SettingsForm fields={FIELDS} values={data} save={save} />}
      </Modal>
    </>
  )
}
