import { PhoneFilled, SettingOutlined } from '@ant-design/icons'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMe } from '~/lib/me'
import { dialable, formatPhone } from '~/lib/phone'
import { length } from '~/lib/time'
import { Devices } from './Devices'
import { Keypad } from './Keypad'
import type { PhoneState } from './state'

interface Props {
  ready: boolean
  last: PhoneState['last']
  onDial: (number: string) => void
}

/** A number to dial, typed or pressed. */
export function DialPad({ ready, last, onDial }: Props) {
  const { t } = useTranslation()
  const { country } = useMe()
  const [text, setText] = useState('')
  const [devices, setDevices] = useState(false)
  const number = dialable(text)
  const dial = () => {
    if (!ready || number === '') return
    onDial(number)
    setText('')
  }
  if (devices) return <Devices onClose={() => setDevices(false)} />
  return (
    <div className="stack" style={{ gap: 10 }}>
      <div className="row between">
        <h2>{t('phone.title')}</h2>
        <Button
          type="text"
          size="small"
          icon={<SettingOutlined />}
          aria-label={t('phone.devices')}
          onClick={() => setDevices(true)}
        />
      </div>
      <Input
        autoFocus
        size="large"
        inputMode="tel"
        className="num"
        value={text}
        placeholder={t('phone.dialHint')}
        aria-label={t('phone.dialHint')}
        onChange={(event) => setText(event.target.value)}
        onBlur={() => number !== '' && setText(formatPhone(number, country))}
        onPressEnter={dial}
      />
      <Keypad onKey={(key) => setText((before) => before + key)} />
      <Button
        type="primary"
        size="large"
        block
        icon={<PhoneFilled />}
        disabled={!ready || number === ''}
        onClick={dial}
      >
        {t('phone.call')}
      </Button>
      {last && (
        <p className="muted">
          {formatPhone(last.number, country)}:{' '}
          {last.talkMs > 0
            ? length(last.talkMs)
            : t(`phone.cause.${last.cause}`, { defaultValue: last.cause })}
        </p>
      )}
    </div>
  )
}
