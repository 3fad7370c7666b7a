import {
  AudioMutedOutlined,
  AudioOutlined,
  EditOutlined,
  PauseOutlined,
  PhoneFilled,
  PlayCircleOutlined,
  TableOutlined,
  UserSwitchOutlined,
} from '@ant-design/icons'
import { Link } from '@tanstack/react-router'
import { Button } from 'antd'
import { type Dispatch, lazy, type RefObject, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { useMe } from '~/lib/me'
import { useNames } from '~/lib/names'
import { formatPhone } from '~/lib/phone'
import { length } from '~/lib/time'
import { useSecond } from '~/lib/useSecond'
import { Act } from './Act'
import { Customer } from './Customer'
import { Draft } from './Draft'
import { Keypad } from './Keypad'
import { Level } from './Level'
import type { PhoneLine } from './line'
import { Parties } from './Parties'
import { RecordingPause } from './RecordingPause'
import { Sounds } from './Sounds'
import type { PhoneCall, PhoneEvent, PhoneState } from './state'
import { useOwnCall } from './useOwnCall'
import { Waiting } from './Waiting'

const Third = lazy(() => import('./Third'))

/** What the card shows below the one who is talked with. */
export type Pane = 'none' | 'keys' | 'third' | 'note'

interface Props {
  call: PhoneCall
  state: PhoneState
  tell: Dispatch<PhoneEvent>
  line: RefObject<PhoneLine | null>
  /** The id of one's own extension. */
  extension: string
  pane: Pane
  onPane: (pane: Pane) => void
}

/** The call that is up: who it is, how long, and everything one can do with it. */
export function CallCard({ call, state, tell, line, extension, pane, onPane }: Props) {
  const { t } = useTranslation()
  const own = useOwnCall(state, tell, extension)
  const talking = call.state === 'talking'
  return (
    <div className="phone-call" role="status">
      {state.waiting && <Waiting waiting={state.waiting} asked={call} line={line} />}
      <Who call={call} />
      <p className="muted num phone-line">
        {talking ? <Timer since={call.answeredAt ?? call.startedAt} /> : t(`phone.state_${call.state}`)}
        {talking && <Sounds line={line} />}
        {call.transferring && !state.waiting && <span>{t('phone.transferring')}</span>}
      </p>
      {talking && <Level muted={call.muted} />}
      {own && <Parties own={own} />}
      {talking && <Below call={call} line={line} pane={pane} onPane={onPane} />}
      <div className="phone-buttons">
        {talking && <Acts {...{ call, state, line, pane, onPane }} />}
        {call.state === 'incoming' && (
          <Button
            className="phone-answer"
            shape="round"
            size="large"
            icon={<PhoneFilled />}
            onClick={() => line.current?.answer()}
          >
            {t('phone.answer')}
          </Button>
        )}
        <Button
          danger
          type="primary"
          shape="round"
          size="large"
          icon={<PhoneFilled rotate={135} />}
          disabled={call.state === 'ending'}
          onClick={() => line.current?.hangup()}
        >
          {t(call.state === 'incoming' ? 'phone.decline' : 'phone.end')}
        </Button>
      </div>
    </div>
  )
}

type ActsProps = Omit<Props, 'tell' | 'extension'>

function Acts({ call, state, line, pane, onPane }: ActsProps) {
  const { t } = useTranslation()
  const turn = (one: Pane) => onPane(pane === one ? 'none' : one)
  // Who takes part beside those who talk hands nothing over and writes nothing about it.
  const own = call.beside ? null : call.call
  return (
    <>
      <Act
        name={t(call.muted ? 'phone.unmute' : 'phone.mute')}
        icon={call.muted ? <AudioMutedOutlined /> : <AudioOutlined />}
        on={call.muted}
        onClick={() => line.current?.mute(!call.muted)}
      />
      <Act
        name={t(call.held ? 'phone.resume' : 'phone.hold')}
        icon={call.held ? <PlayCircleOutlined /> : <PauseOutlined />}
        on={call.held}
        onClick={() => line.current?.hold(!call.held)}
      />
      <Act
        name={t('phone.keypad')}
        icon={<TableOutlined />}
        on={pane === 'keys'}
        onClick={() => turn('keys')}
      />
      {!state.waiting && !call.beside && (
        <Act
          name={t('phone.third')}
          icon={<UserSwitchOutlined />}
          on={pane === 'third'}
          onClick={() => turn('third')}
        />
      )}
      {own && <RecordingPause key={own} call={own} />}
      {own && (
        <Act
          name={t('phone.note')}
          icon={<EditOutlined />}
          on={pane === 'note'}
          onClick={() => turn('note')}
        />
      )}
    </>
  )
}

function Below({ call, line, pane, onPane }: Pick<Props, 'call' | 'line' | 'pane' | 'onPane'>) {
  switch (pane) {
    case 'keys':
      return <Keypad shown={call.keys} onKey={(key) => line.current?.key(key)} />
    case 'third':
      return (
        <Suspense>
          <Third line={line} call={call.call} onDone={() => onPane('none')} />
        </Suspense>
      )
    case 'note':
      return call.call ? <Draft key={call.call} call={call.call} /> : null
    case 'none':
      return null
  }
}

function Who({ call }: { call: PhoneCall }) {
  const { t } = useTranslation()
  const names = useNames()
  const { country } = useMe()
  const colleague = names.extensionByNumber(call.number)
  const name = colleague?.name ?? (/\p{L}/u.test(call.name) ? call.name : '')
  return (
    <>
      <strong className="phone-number">{formatPhone(call.number, country)}</strong>
      {name !== '' && name !== call.number && <span>{name}</span>}
      {!colleague && <Customer number={call.number} />}
      {!colleague && (
        <Link to="/calls" search={{ number: call.number }}>
          {t('phone.history')}
        </Link>
      )}
    </>
  )
}

const Timer = ({ since }: { since: number }) => {
  // Both times are this computer's.
  useSecond()
  return <>{length(Date.now() - since)}</>
}
