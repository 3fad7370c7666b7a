import { AudioOutlined, StopOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { length } from '~/lib/time'
import { encodeWav, joined } from './encode'

/** Records one's voice and hands it over as WAV, which the server takes. */
export function Recorder({ onSound }: { onSound: (sound: Blob | null) => void }) {
  const { t } = useTranslation()
  const [seconds, setSeconds] = useState<number | null>(null)
  const [url, setUrl] = useState<string | null>(null)
  const [refused, setRefused] = useState(false)
  const stop = useRef<(() => void) | null>(null)
  useEffect(() => () => stop.current?.(), [])
  const start = async () => {
    setRefused(false)
    onSound(null)
    try {
      stop.current = await record(setSeconds, (sound) => {
        stop.current = null
        setSeconds(null)
        setUrl(URL.createObjectURL(sound))
        onSound(sound)
      })
    } catch {
      setRefused(true)
    }
  }
  const recording = seconds !== null
  return (
    <div className="stack" style={{ alignItems: 'center', padding: 16 }}>
      <Button
        danger={recording}
        type={recording ? 'primary' : 'default'}
        size="large"
        icon={recording ? <StopOutlined /> : <AudioOutlined />}
        onClick={() => (recording ? stop.current?.() : void start())}
      >
        {recording ? `${t('greetings.stop')} ${length(seconds * 1000)}` : t('greetings.record')}
      </Button>
      <p className="muted" style={{ textAlign: 'center' }}>
        {t(refused ? 'greetings.noMicrophone' : 'greetings.recordAbout')}
      </p>
      {/* biome-ignore lint/a11y/useMediaCaption: one's own voice a moment ago */}
      {url && !recording && <audio controls src={url} />}
    </div>
  )
}

/** Begins to record; the returned function ends it. */
async function record(progress: (seconds: number) => void, done: (sound: Blob) => void): Promise<() => void> {
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: { channelCount: 1, echoCancellation: true },
  })
  const context = new AudioContext()
  const source = context.createMediaStreamSource(stream)
  const tap = context.createScriptProcessor(4096, 1, 1)
  const parts: Float32Array[] = []
  progress(0)
  tap.onaudioprocess = ({ inputBuffer }) => {
    parts.push(inputBuffer.getChannelData(0).slice())
    progress((parts.length * 4096) / context.sampleRate)
  }
  source.connect(tap)
  tap.connect(context.destination)
  return () => {
    tap.disconnect()
    source.disconnect()
    for (const track of stream.getTracks()) track.stop()
    done(encodeWav(joined(parts), context.sampleRate))
    void context.close()
  }
}
