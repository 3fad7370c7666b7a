import { CloseOutlined, FullscreenOutlined } from '@ant-design/icons'
import { Link } from '@tanstack/react-router'
import { Button } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMe } from '~/lib/me'
import { clock, day, serverNow } from '~/lib/time'
import { useSecond } from '~/lib/useSecond'
import { LiveBoard } from './LiveBoard'
import { Today } from './Today'
import { Wallboard } from './Wallboard'

const QUIET_MS = 4_000

/** The board for a screen on the wall: large, nothing to click, the mouse out of sight. */
export function Tv() {
  const { t } = useTranslation()
  const { company_name } = useMe()
  const quiet = useQuiet()
  useSecond()
  const now = serverNow()
  return (
    <div className={quiet ? 'tv tv-quiet' : 'tv'}>
      <header className="tv-head">
        <h1>{company_name}</h1>
        <time className="num">
          {day(now)} <strong>{clock(now)}</strong>
        </time>
        <span className="tv-tools">
          <Button
            icon={<FullscreenOutlined />}
            aria-label={t('tv.full')}
            title={t('tv.full')}
            onClick={() => void document.documentElement.requestFullscreen?.().catch(() => undefined)}
          />
          <Link to="/" aria-label={t('tv.leave')} title={t('tv.leave')}>
            <CloseOutlined />
          </Link>
        </span>
      </header>
      <Today />
      <Wallboard still />
      <LiveBoard />
    </div>
  )
}

/** Whether nobody has moved the mouse for a while. */
function useQuiet(): boolean {
  const [quiet, setQuiet] = useState(false)
  useEffect(() => {
    let timer = setTimeout(() => setQuiet(true), QUIET_MS)
    const move = () => {
      setQuiet(false)
      clearTimeout(timer)
      timer = setTimeout(() => setQuiet(true), QUIET_MS)
    }
    window.addEventListener('mousemove', move)
    window.addEventListener('keydown', move)
    return () => {
      clearTimeout(timer)
      window.removeEventListener('mousemove', move)
      window.removeEventListener('keydown', move)
    }
  }, [])
  return quiet
}
