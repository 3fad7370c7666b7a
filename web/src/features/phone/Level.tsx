import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'

const EVERY_MS = 90

/** How loud the microphone is, drawn without waking React. */
export function Level({ device = '', muted = false }: { device?: string; muted?: boolean }) {
  const { t } = useTranslation()
  const bar = useRef<HTMLElement>(null)
  useEffect(() => {
    let stop = () => {}
    let gone = false
    listen(device, (level) => bar.current?.style.setProperty('--level', String(level))).then(
      (end) => {
        stop = end
        if (gone) end()
      },
      // Without a microphone the bar stays empty; the call itself says what is wrong.
      () => undefined,
    )
    return () => {
      gone = true
      stop()
    }
  }, [device])
  return (
    <span className={muted ? 'level muted-level' : 'level'} role="img" aria-label={t('phone.level')}>
      <i ref={bar} />
    </span>
  )
}

async function listen(device: string, tell: (level: number) => void): Promise<() => void> {
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: device ? { deviceId: { ideal: device } } : true,
  })
  const context = new AudioContext()
  const meter = context.createAnalyser()
  meter.fftSize = 512
  context.createMediaStreamSource(stream).connect(meter)
  const samples = new Float32Array(meter.fftSize)
  const timer = setInterval(() => {
    meter.getFloatTimeDomainData(samples)
    const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length
    // From -50 dB, which is silence, to 0 dB.
    tell(Math.max(0, Math.min(1, 1 + (10 * Math.log10(power + 1e-9)) / 50)))
  }, EVERY_MS)
  return () => {
    clearInterval(timer)
    for (const track of stream.getTracks()) track.stop()
    void context.close()
  }
}
