import { type RefObject, useEffect, useRef, useState } from 'react'
import WaveSurfer from 'wavesurfer.js'
import { silences } from './wav'

interface Sound {
  frame: RefObject<HTMLDivElement | null>
  ready: boolean
  failed: boolean
  playing: boolean
  at: number
  seconds: number
  toggle: () => void
  seek: (at: number) => void
}

const colour = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim()

/** Plays a file into a drawn wave; jumps over silence when asked. */
export function useSound(url: string, { skip, speed }: { skip: boolean; speed: number }): Sound {
  const frame = useRef<HTMLDivElement>(null)
  const wave = useRef<WaveSurfer>(null)
  const quiet = useRef<[number, number][]>([])
  const skipping = useRef(skip)
  skipping.current = skip
  const [state, setState] = useState({ ready: false, failed: false, playing: false, at: 0, seconds: 0 })
  useEffect(() => {
    if (!frame.current) return
    const drawn = WaveSurfer.create({
      container: frame.current,
      url,
      splitChannels: channels(),
      barWidth: 2,
      barGap: 1,
      cursorColor: colour('--ink'),
      normalize: true,
    })
    wave.current = drawn
    const put = (part: Partial<typeof state>) => setState((old) => ({ ...old, ...part }))
    drawn.on('ready', (seconds) => {
      const sound = drawn.getDecodedData()
      if (sound)
        quiet.current = silences(
          [0, 1].filter((n) => n < sound.numberOfChannels).map((n) => sound.getChannelData(n)),
          sound.sampleRate,
        )
      put({ ready: true, seconds })
    })
    drawn.on('timeupdate', (at) => {
      const silence = quiet.current.find(([from, to]) => at > from + 0.2 && at < to - 0.25)
      if (silence && skipping.current && drawn.isPlaying()) drawn.setTime(silence[1] - 0.15)
      put({ at })
    })
    drawn.on('play', () => put({ playing: true }))
    drawn.on('pause', () => put({ playing: false }))
    drawn.on('error', () => put({ failed: true }))
    return () => drawn.destroy()
  }, [url])
  useEffect(() => wave.current?.setPlaybackRate(speed, true), [speed])
  return {
    frame,
    ...state,
    toggle: () => void wave.current?.playPause(),
    seek: (at) => wave.current?.setTime(at),
  }
}

function channels() {
  const [caller, callee] = [colour('--jade'), colour('--violet')]
  return [
    { waveColor: `${caller}88`, progressColor: caller, height: 46 },
    { waveColor: `${callee}88`, progressColor: callee, height: 46 },
  ]
}
