import { PhoneFilled } from '@ant-design/icons'
import { Button } from 'antd'
import { useCallback, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useDials } from '~/lib/dialling'
import { Dot, type Tone } from '~/ui/Dot'
import { CallCard } from './CallCard'
import { DialPad } from './DialPad'
import { Ringer } from './Ringer'
import type { Line } from './state'
import { usePhone } from './usePhone'
import { usePhoneKeys } from './usePhoneKeys'
import './phone.css'

const TONES: Record<Line, Tone> = {
  off: 'quiet',
  connecting: 'warn',
  ready: 'good',
  failed: 'bad',
  taken: 'quiet',
}

/** The phone in the corner. It stands outside of the screens, so a call survives any navigation. */
export function Dock() {
  const { t } = useTranslation()
  const { account, state, audio, line, takeOver } = usePhone()
  const [open, setOpen] = useState(false)
  const { call } = state
  usePhoneKeys(call, line, () => setOpen(true))
  const dial = useCallback((number: string) => line.current?.dial(number), [line])
  useDials(state.line === 'ready' && call === null, dial)
  useEffect(() => {
    if (call) setOpen(true)
  }, [call])
  return (
    <aside className={open ? 'phone open' : 'phone'} aria-label={t('phone.title')} hidden={!account}>
      {/* biome-ignore lint/a11y/useMediaCaption: a live talk has no captions */}
      <audio ref={audio} autoPlay />
      {call?.state === 'incoming' && <Ringer />}
      {open && account && (
        <div className="phone-pane card">
          {call ? (
            <CallCard call={call} line={line} />
          ) : state.line === 'taken' ? (
            <div className="phone-taken">
              <p>{t('phone.taken')}</p>
              <Button type="primary" onClick={takeOver}>
                {t('phone.takeOver')}
              </Button>
            </div>
          ) : (
            <DialPad
              ready={state.line === 'ready'}
              last={state.last}
              onDial={(number) => line.current?.dial(number)}
            />
          )}
        </div>
      )}
      <Button
        className="phone-pill"
        shape="round"
        icon={<PhoneFilled />}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <span className="num">{account?.number}</span>{' '}
        <Dot tone={call ? 'busy' : TONES[state.line]}>
          {t(call ? 'phone.busy' : `phone.line_${state.line}`)}
        </Dot>
      </Button>
    </aside>
  )
}
