import { PhoneFilled } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useCallback, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { dispositionsQuery } from '~/api/lists'
import { useDials } from '~/lib/dialling'
import { useMe } from '~/lib/me'
import { draftOf } from '~/lib/wrapUp'
import { Dot, type Tone } from '~/ui/Dot'
import { AfterCall } from './AfterCall'
import { CallCard, type Pane } from './CallCard'
import { DialPad } from './DialPad'
import { Ringer } from './Ringer'
import type { Line } from './state'
import { usePhone } from './usePhone'
import { usePhoneKeys } from './usePhoneKeys'
import { useWrapUps } from './useWrapUps'
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
  const { account, state, tell, audio, line, takeOver } = usePhone()
  const [open, setOpen] = useState(false)
  const [pane, setPane] = useState<Pane>('none')
  const { call, last } = state
  const hasDispositions = useQuery({ ...dispositionsQuery, enabled: Boolean(account) }).data?.some(
    ({ retired }) => !retired,
  )
  useWrapUps()
  const third = useCallback(() => {
    setOpen(true)
    setPane('third')
  }, [])
  usePhoneKeys(call, line, () => setOpen(true), third)
  const dial = useCallback((number: string) => line.current?.dial(number), [line])
  useDials(state.line === 'ready' && call === null, dial)
  useEffect(() => {
    if (call) setOpen(true)
    else setPane('none')
  }, [call])
  const user = useMe().user_id ?? ''
  const wraps =
    last?.call && last.talkMs > 0 && (hasDispositions || draftOf(user, last.call).text !== '')
      ? { over: last, call: last.call }
      : null
  return (
    <aside className={open ? 'phone open' : 'phone'} aria-label={t('phone.title')} hidden={!account}>
      {/* biome-ignore lint/a11y/useMediaCaption: a live talk has no captions */}
      <audio ref={audio} autoPlay />
      {call?.state === 'incoming' && <Ringer />}
      {open && account && (
        <div className="phone-pane card">
          {call ? (
            <CallCard {...{ call, state, tell, line, pane }} extension={account.extension} onPane={setPane} />
          ) : wraps ? (
            <AfterCall key={wraps.call} {...wraps} onClose={() => tell({ type: 'forget' })} />
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
