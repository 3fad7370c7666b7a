import { DownloadOutlined, PauseOutlined, PlayCircleFilled } from '@ant-design/icons'
import { Button, Segmented, Slider, Switch, Tooltip } from 'antd'
import { type RefObject, useImperativeHandle, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Schema } from '~/api/client'
import { length } from '~/lib/time'
import { Cut } from './Cut'
import type { Place } from './place'
import { useSound } from './useSound'

const SPEEDS = [1, 1.25, 1.5, 2]

/** The recording: the caller above, the called side below. */
export default function Player({
  id,
  recording,
  place,
}: {
  id: string
  recording: Schema['CallRecording']
  /** Where others learn and set the place in the sound. */
  place?: RefObject<Place | null>
}) {
  const { t } = useTranslation()
  const url = `/api/v1/calls/${id}/recording`
  const [skip, setSkip] = useState(false)
  const [speed, setSpeed] = useState(1)
  const sound = useSound(url, { skip, speed })
  useImperativeHandle(place, () => ({ at: sound.at, seek: sound.seek }), [sound.at, sound.seek])
  return (
    <div className="player">
      <div className="player-wave">
        <span className="player-side">{t('player.caller')}</span>
        <span className="player-side player-side-low">{t('player.callee')}</span>
        <div ref={sound.frame} role="img" aria-label={t('player.wave')} />
      </div>
      <Slider
        min={0}
        max={Math.max(1, sound.seconds)}
        step={0.1}
        value={sound.at}
        onChange={sound.seek}
        tooltip={{ formatter: (at) => length((at ?? 0) * 1000) }}
        ariaLabelForHandle={t('player.place')}
      />
      <div className="row">
        <Button
          type="primary"
          shape="circle"
          icon={sound.playing ? <PauseOutlined /> : <PlayCircleFilled />}
          disabled={!sound.ready}
          onClick={sound.toggle}
          aria-label={t(sound.playing ? 'player.pause' : 'player.play')}
        />
        <span className="num">
          {length(sound.at * 1000)} / {length(recording.duration_ms)}
        </span>
        <Segmented
          size="small"
          value={speed}
          onChange={setSpeed}
          options={SPEEDS.map((value) => ({ value, label: `${value}×` }))}
          aria-label={t('player.speed')}
        />
        <span className="row">
          <Switch size="small" checked={skip} onChange={setSkip} aria-label={t('player.skip')} />{' '}
          {t('player.skip')}
        </span>
        <span style={{ flex: 1 }} />
        <Cut url={url} at={sound.at} seconds={sound.seconds} name={id} />
        <Tooltip title={t('player.downloadAbout', { size: megabytes(recording.size_bytes) })}>
          <Button icon={<DownloadOutlined />} href={url} download={`${id}.wav`}>
            {t('player.download')}
          </Button>
        </Tooltip>
      </div>
      {sound.failed && <p className="muted">{t('player.failed')}</p>}
      {!recording.complete && <p className="muted">{t('player.incomplete')}</p>}
    </div>
  )
}

const megabytes = (bytes: number) => `${(bytes / 1_000_000).toFixed(1)} MB`
