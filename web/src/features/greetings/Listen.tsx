import { PauseOutlined, PlayCircleOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

/** Plays a greeting, or stops it. Only one plays at a time. */
export function Listen({ id, name }: { id: string; name: string }) {
  const { t } = useTranslation()
  const sound = useRef<HTMLAudioElement>(null)
  const [playing, setPlaying] = useState(false)
  useEffect(() => () => sound.current?.pause(), [])
  const toggle = () => {
    if (playing) return sound.current?.pause()
    for (const other of document.querySelectorAll('audio')) other.pause()
    void sound.current?.play()
  }
  return (
    <>
      <Button
        type="text"
        icon={playing ? <PauseOutlined /> : <PlayCircleOutlined />}
        aria-label={`${t(playing ? 'player.pause' : 'player.play')}: ${name}`}
        onClick={toggle}
      />
      {/* biome-ignore lint/a11y/useMediaCaption: a greeting has no captions */}
      <audio
        ref={sound}
        preload="none"
        src={`/api/v1/greetings/${id}/audio`}
        onPlay={() => setPlaying(true)}
        onPause={() => setPlaying(false)}
        onEnded={() => setPlaying(false)}
      />
    </>
  )
}
