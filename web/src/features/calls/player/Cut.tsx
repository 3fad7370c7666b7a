import { ScissorOutlined } from '@ant-design/icons'
import { App, Button, Popover } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { download } from '~/lib/csv'
import { length } from '~/lib/time'
import { bytesBetween, readHead, wrap } from './wav'

interface Props {
  url: string
  at: number
  seconds: number
  name: string
}

/** Downloads a part: only its bytes are fetched. */
export function Cut({ url, at, seconds, name }: Props) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const [from, setFrom] = useState<number | null>(null)
  const [to, setTo] = useState<number | null>(null)
  const [begin, end] = [from ?? 0, to ?? seconds]
  const save = () =>
    cut(url, begin, end)
      .then((blob) => download(`${name}-${Math.round(begin)}-${Math.round(end)}s.wav`, blob, 'audio/wav'))
      .catch(() => message.error(t('player.cutFailed')))
  const pane = (
    <div className="stack" style={{ gap: 8 }}>
      <Button size="small" onClick={() => setFrom(at)}>
        {t('player.from', { at: length(begin * 1000) })}
      </Button>
      <Button size="small" onClick={() => setTo(at)}>
        {t('player.to', { at: length(end * 1000) })}
      </Button>
      <Button size="small" type="primary" disabled={end <= begin} onClick={save}>
        {t('player.cutSave')}
      </Button>
    </div>
  )
  return (
    <Popover content={pane} trigger="click" title={t('player.cut')}>
      <Button icon={<ScissorOutlined />} aria-label={t('player.cut')} />
    </Popover>
  )
}

async function cut(url: string, from: number, to: number): Promise<Blob> {
  const head = await fetch(url, { headers: { Range: 'bytes=0-255' } })
  const whole = Number(head.headers.get('content-range')?.split('/')[1])
  const wav = readHead(new DataView(await head.arrayBuffer()), whole)
  if (!wav) throw new Error('not a recording of ours')
  const [first, last] = bytesBetween(wav, from, to)
  const part = await fetch(url, { headers: { Range: `bytes=${first}-${last}` } })
  if (part.status !== 206) throw new Error(`status ${part.status}`)
  return wrap(wav, await part.arrayBuffer())
}
