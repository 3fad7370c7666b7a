import { Modal } from 'antd'
import { Fragment } from 'react'
import { useTranslation } from 'react-i18next'
import { useMe } from '~/lib/me'
import { sectionsFor } from './menu'

/** All keys on one sheet. */
export function KeySheet({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  const places = sectionsFor(useMe()).flatMap((section) => section.places)
  const keys: [string, string][] = [
    ['Ctrl K', t('keys.palette')],
    ['?', t('keys.sheet')],
    ...places.map(({ key, name }): [string, string] => [`g ${key}`, t(`menu.${name}`)]),
    ['Alt D', t('keys.dial')],
    ['Alt A', t('keys.answer')],
    ['Alt M', t('keys.mute')],
    ['Alt H', t('keys.hold')],
    ['Alt T', t('keys.third')],
    ['Alt X', t('keys.end')],
  ]
  return (
    <Modal open={open} onCancel={onClose} footer={null} title={t('help.keys')}>
      <div className="keys">
        {keys.map(([key, what]) => (
          <Fragment key={key}>
            <kbd>{key}</kbd>
            <span>{what}</span>
          </Fragment>
        ))}
      </div>
    </Modal>
  )
}
