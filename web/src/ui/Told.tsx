import { Checkbox, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Copy } from '~/ui/Copy'

/** The password, shown this once; the pane does not close before somebody says that it was noted. */
export function Told({ login, password, onClose }: { login: string; password: string; onClose: () => void }) {
  const { t } = useTranslation()
  const [noted, setNoted] = useState(false)
  return (
    <Modal
      open
      title={t('people.told')}
      closable={false}
      onOk={onClose}
      okButtonProps={{ disabled: !noted }}
      cancelButtonProps={{ hidden: true }}
      okText={t('people.done')}
    >
      <p className="muted">{t('people.toldAbout')}</p>
      <dl className="facts">
        <dt>{t('login.login')}</dt>
        <dd>
          <Copy text={login} label={t('login.login')} />
        </dd>
        <dt>{t('login.password')}</dt>
        <dd>
          <Copy text={password} label={t('login.password')} />
        </dd>
      </dl>
      <Checkbox
        style={{ marginTop: 16 }}
        checked={noted}
        onChange={(event) => setNoted(event.target.checked)}
      >
        {t('people.noted')}
      </Checkbox>
    </Modal>
  )
}
