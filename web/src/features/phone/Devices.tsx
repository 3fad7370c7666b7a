import { Button, Form, Select } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useStored } from '~/lib/stored'
import { Echo } from './Echo'
import { Level } from './Level'

/** Which microphone and which loudspeaker, and whether the microphone hears anything. */
export function Devices({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const [list, setList] = useState<MediaDeviceInfo[]>([])
  const [microphone, setMicrophone] = useStored('phone.microphone', '')
  const [speaker, setSpeaker] = useStored('phone.speaker', '')
  useEffect(() => {
    const look = () => navigator.mediaDevices?.enumerateDevices().then(setList, () => undefined)
    void look()
    navigator.mediaDevices?.addEventListener('devicechange', look)
    return () => navigator.mediaDevices?.removeEventListener('devicechange', look)
  }, [])
  const options = (kind: MediaDeviceKind) => [
    { value: '', label: t('phone.default') },
    ...list
      .filter((one) => one.kind === kind && one.deviceId !== 'default')
      .map((one) => ({ value: one.deviceId, label: one.label || t('phone.unnamed') })),
  ]
  return (
    <Form layout="vertical">
      <h2 style={{ marginBottom: 12 }}>{t('phone.devices')}</h2>
      <Form.Item label={t('phone.microphone')}>
        <Select
          value={microphone}
          options={options('audioinput')}
          onChange={setMicrophone}
          aria-label={t('phone.microphone')}
        />
        <Level device={microphone} />
      </Form.Item>
      <Form.Item label={t('phone.speaker')}>
        <Select
          value={speaker}
          options={options('audiooutput')}
          onChange={setSpeaker}
          aria-label={t('phone.speaker')}
        />
      </Form.Item>
      <Echo microphone={microphone} speaker={speaker} />
      <Button onClick={onClose}>{t('form.close')}</Button>
    </Form>
  )
}
