import { Button, Form } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

type Step = 'idle' | 'recording' | 'playing' | 'failed'

/** How long one speaks. */
const LENGTH_MS = 3000

/** Says back what one has said, with the chosen microphone and loudspeaker: whether others would hear one. */
export function Echo({ microphone, speaker }: { microphone: string; speaker: string }) {
  const { t } = useTranslation()
  const [step, setStep] = useState<Step>('idle')
  const stop = useRef<() => void>(() => undefined)
  useEffect(() => () => stop.current(), [])
  const start = async () => {
    setStep('recording')
    try {
      const sound = await recorded(microphone, (end) => {
        stop.current = end
      })
      setStep('playing')
      await played(sound, speaker, (end) => {
        stop.current = end
      })
      setStep('idle')
    } catch {
      setStep('failed')
    }
  }
  const busy = step === 'recording' || step === 'playing'
  return (
    <Form.Item
      label={t('phone.echo')}
      extra={step === 'failed' ? t('phone.echo_failed') : t('phone.echoAbout')}
    >
      <Button loading={busy} onClick={() => void start()}>
        <span role="status">{t(busy ? `phone.echo_${step}` : 'phone.echo_idle')}</span>
      </Button>
    </Form.Item>
  )
}

async function recorded(microphone: string, ending: (end: () => void) => void): Promise<Blob> {
  const audio = microphone ? { deviceId: { ideal: microphone } } : true
  const stream = await navigator.mediaDevices.getUserMedia({ audio })
  const recorder = new MediaRecorder(stream)
  const parts: Blob[] = []
  return new Promise((resolve) => {
    recorder.ondataavailable = ({ data }) => parts.push(data)
    recorder.onstop = () => {
      for (const track of stream.getTracks()) track.stop()
      resolve(new Blob(parts, { type: recorder.mimeType }))
    }
    const timer = setTimeout(() => recorder.stop(), LENGTH_MS)
    ending(() => {
      clearTimeout(timer)
      if (recorder.state !== 'inactive') recorder.stop()
    })
    recorder.start()
  })
}

async function played(sound: Blob, speaker: string, ending: (end: () => void) => void): Promise<void> {
  const player = new Audio(URL.createObjectURL(sound)) as HTMLAudioElement & {
    setSinkId?: (id: string) => Promise<void>
  }
  if (speaker) await player.setSinkId?.(speaker)
  return new Promise((resolve, reject) => {
    const over = () => {
      URL.revokeObjectURL(player.src)
      resolve()
    }
    player.onended = over
    player.onerror = () => reject(new Error('the sound cannot be played'))
    ending(() => {
      player.pause()
      over()
    })
    player.play().catch(reject)
  })
}
