import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Modal, Skeleton } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client, type Schema, unwrap } from '~/api/client'
import { HANDLING_FIELDS, handlingBody, handlingForm } from '~/lib/handling'
import { useMay } from '~/lib/me'
import { Failed } from '~/ui/Failed'
import { SettingsForm } from '~/ui/SettingsForm'

const PATH = '/api/v1/extensions/{extension_id}/handling'

/** Forwards, do not disturb and calls at once of one extension. */
export function ExtensionHandling({ id }: { id: string }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const mayEdit = useMay('edit_config')
  const params = { path: { extension_id: id } }
  const key = ['handling', id]
  const [open, setOpen] = useState(false)
  const close = () => setOpen(false)
  const { data, error, refetch } = useQuery({
    queryKey: key,
    queryFn: () => unwrap(client.GET(PATH, { params })),
    enabled: open,
  })
  const save = async (filled: Schema['CallHandling']) => {
    queries.setQueryData(key, await unwrap(client.PATCH(PATH, { params, body: handlingBody(filled) })))
    close()
  }
  return (
    <section style={{ margin: '0 0 12px' }}>
      <Button onClick={() => setOpen(true)}>{t('handling.title')}</Button>
      <Modal open={open} onCancel={close} title={t('handling.title')} footer={null} destroyOnHidden>
        <p className="muted" style={{ marginBottom: 16 }}>
          {t('handling.about')}
        </p>
        {error && <Failed error={error} retry={refetch} />}
        {!data && !error && <Skeleton active title={false} />}
        {data && (
          <SettingsForm
            fields={[...HANDLING_FIELDS]}
            values={handlingForm(data)}
            save={save}
            disabled={!mayEdit}
          />
        )}
      </Modal>
    </section>
  )
}
