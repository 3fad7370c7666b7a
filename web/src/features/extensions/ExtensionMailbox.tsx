import { Button, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client, unwrap } from '~/api/client'
import { useMay } from '~/lib/me'
import { MailboxSettings } from '~/ui/MailboxSettings'

const PATH = '/api/v1/extensions/{extension_id}/voicemail'

/** The mailbox of one extension: whether callers may leave messages, what they hear, who is told. */
export function ExtensionMailbox({ id }: { id: string }) {
  const { t } = useTranslation()
  const mayEdit = useMay('edit_config')
  const [open, setOpen] = useState(false)
  const close = () => setOpen(false)
  const params = { path: { extension_id: id } }
  return (
    <section style={{ margin: '0 0 12px' }}>
      <Button onClick={() => setOpen(true)}>{t('mailbox.title')}</Button>
      <Modal open={open} onCancel={close} title={t('mailbox.title')} footer={null} destroyOnHidden>
        <p className="muted" style={{ marginBottom: 16 }}>
          {t('mailbox.about')}
        </p>
        <MailboxSettings
          name={id}
          get={() => unwrap(client.GET(PATH, { params }))}
          patch={(body) => unwrap(client.PATCH(PATH, { params, body }))}
          disabled={!mayEdit}
          onSaved={close}
        />
      </Modal>
    </section>
  )
}
