import { Modal } from 'antd'
import { useTranslation } from 'react-i18next'
import type { Schema } from '~/api/client'
import { when } from '~/lib/time'
import { Copy } from '~/ui/Copy'

/** What became of an invitation: it is mailed, or here is the link to hand over. */
export function Invited({ invitation, onClose }: { invitation: Schema['Invitation']; onClose: () => void }) {
  const { t } = useTranslation()
  const { mailed_to, link, expires_at } = invitation
  return (
    <Modal
      open
      title={t('access.invited')}
      onOk={onClose}
      onCancel={onClose}
      cancelButtonProps={{ hidden: true }}
      okText={t('people.done')}
    >
      <p>{mailed_to ? t('access.invitedMail', { to: mailed_to }) : t('access.invitedLink')}</p>
      {link && (
        <p>
          <Copy text={link} label={t('access.link')} />
        </p>
      )}
      <p className="muted">{t('access.invitedUntil', { at: when(expires_at) })}</p>
    </Modal>
  )
}
