import {
  AudioMutedOutlined,
  AudioOutlined,
  PauseOutlined,
  PhoneFilled,
  PlayCircleOutlined,
  TableOutlined,
} from '@ant-design/icons'
import { Link } from '@tanstack/react-router'
import { Button, Tooltip } from 'antd'
import { type ReactNode, type RefObject, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMay, useMe } from '~/lib/me'
import { useNames } from '~/lib/names'
import { formatPhone } from '~/lib/phone'
import { length } from '~/lib/time'
import { useSecond } from '~/lib/useSecond'
import { Customer } from './Customer'
import { Keypad } from './Keypad'
import { Level } from './Level'
import type { PhoneLine } from './line'
import type { PhoneCall } from './state'

/** The call that is up: who it is, how long, and everything one can do with it. */
export function CallCard({ call, line }: { call: PhoneCall; line: RefObject<PhoneLine | null> }) {
  const { t } = useTranslation()
  const [keys, setKeys] = useState(false)
  const talking = call.state === 'talking'
  return (
    <div className="phone-call" role="status">
      <Who call={call} />
      <p className="muted num">
        {talking ? <Timer since={call.answeredAt ?? call.startedAt} /> : t(`phone.state_${call.state}`)}
      </p>
      {talking && <Level muted={call.muted} />}
      {talking && keys && <Keypad shown={call.keys} onKey={(key) => line.current?.key(key)} />}
      <div className="phone-buttons">
        {talking && (
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
            <Act name={t('phone.keypad')} icon={<TableOutlined />} on={keys} onClick={() => setKeys(!keys)} />
          </>
        )}
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

function Who({ call }: { call: PhoneCall }) {
  const { t } = useTranslation()
  const names = useNames()
  const { country } = useMe()
  const seesCalls = useMay('view_calls')
  const colleague = names.extensionByNumber(call.number)
  const name = colleague?.name ?? (/\p{L}/u.test(call.name) ? call.name : '')
  return (
    <>
      <strong className="phone-number">{formatPhone(call.number, country)}</strong>
      {name !== '' && name !== call.number && <span>{name}</span>}
      {!colleague && <Customer number={call.number} />}
      {seesCalls && !colleague && (
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

function Act({
  name,
  icon,
  on,
  onClick,
}: {
  name: string
  icon: ReactNode
  on: boolean
  onClick: () => void
}) {
  return (
    <Tooltip title={name}>
      <Button
        shape="circle"
        size="large"
        type={on ? 'primary' : 'default'}
        icon={icon}
        aria-label={name}
        aria-pressed={on}
        onClick={onClick}
      />
    </Tooltip>
  )
}
