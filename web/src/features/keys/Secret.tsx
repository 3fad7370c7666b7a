import { Modal } from 'antd'
import { useTranslation } from 'react-i18next'
import type { Schema } from '~/api/client'
import { when } from '~/lib/time'
import { Copy } from '~/ui/Copy'

/** The secret of a new or rotated key, shown this once. */
export function Secret({ made, onClose }: { made: Schema['CreatedKey']; onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Modal
      open
      title={t('keys.made')}
      onOk={onClose}
      closable={false}
      cancelButtonProps={{ hidden: true }}
      okText={t('people.done')}
    >
      <p className="muted">{t('keys.madeAbout')}</p>
      <dl className="facts">
        {made.public_id && (
          <>
            <dt>{t('keys.publicId')}</dt>
            <dd>
              <Copy text={made.public_id} label={t('keys.publicId')} />
            </dd>
          </>
        )}
        <dt>{t('webhooks.secret')}</dt>
        <dd>
          <Copy text={made.secret} label={t('keys.made')} />
        </dd>
      </dl>
      {made.previous_until && (
        <p className="muted">{t('keys.oldUntil', { at: when(made.previous_until) })}</p>
      )}
    </Modal>
  )
}
