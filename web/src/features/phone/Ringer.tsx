import { useEffect } from 'react'

/** Rings until it is taken away: two soft tones, then a pause. */
export function Ringer() {
  useEffect(() => {
    const context = new AudioContext()
    const ring = () => {
      tone(context, 0, 440)
      tone(context, 0.35, 554)
    }
    ring()
    const timer = setInterval(ring, 2600)
    navigator.vibrate?.([300, 200, 300])
    return () => {
      clearInterval(timer)
      void context.close()
    }
  }, [])
  return null
}

function tone(context: AudioContext, after: number, hertz: number): void {
  const [sound, volume] = [context.createOscillator(), context.createGain()]
  const at = context.currentTime + after
  sound.frequency.value = hertz
  volume.gain.setValueAtTime(0, at)
  volume.gain.linearRampToValueAtTime(0.18, at + 0.03)
  volume.gain.exponentialRampToValueAtTime(0.001, at + 0.9)
  sound.connect(volume).connect(context.destination)
  sound.start(at)
  sound.stop(at + 1)
}
