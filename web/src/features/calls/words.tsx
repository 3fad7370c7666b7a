import { ArrowDownOutlined, ArrowUpOutlined, RetweetOutlined } from '@ant-design/icons'
import { Tooltip } from 'antd'
import { useTranslation } from 'react-i18next'
import { Dot, type Tone } from '~/ui/Dot'

const TONES: Record<string, Tone> = {
  answered: 'good',
  no_answer: 'warn',
  busy: 'busy',
  declined: 'bad',
  cancelled: 'quiet',
  failed: 'bad',
}

/** What became of a call, with the reason behind it when it was not answered. */
export function Status({ status, cause }: { status: string; cause?: string }) {
  const { t } = useTranslation()
  const word = <Dot tone={TONES[status] ?? 'quiet'}>{t(`status.${status}`)}</Dot>
  if (!cause || status === 'answered') return word
  return <Tooltip title={`${t(`cause.${cause}`, { defaultValue: cause })} (${cause})`}>{word}</Tooltip>
}

const ARROWS = {
  inbound: <ArrowDownOutlined />,
  outbound: <ArrowUpOutlined />,
  internal: <RetweetOutlined />,
}

export function Direction({ direction, word }: { direction: string; word?: boolean }) {
  const { t } = useTranslation()
  const name = t(`direction.${direction}`)
  return (
    <span className={`way way-${direction}`} title={name}>
      <span aria-hidden="true">{ARROWS[direction as keyof typeof ARROWS]}</span>
      <span className={word ? undefined : 'sr'}>{name}</span>
    </span>
  )
}
