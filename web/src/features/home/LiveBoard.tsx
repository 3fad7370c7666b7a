import { StopOutlined } from '@ant-design/icons'
import { App, Button, Tooltip } from 'antd'
import { useTranslation } from 'react-i18next'
import { client, unwrap } from '~/api/client'
import { Direction } from '~/features/calls/words'
import { type LiveCall, type Stage, stageOf } from '~/lib/live/board'
import { useBoard } from '~/lib/live/store'
import { useMay } from '~/lib/me'
import { useNames } from '~/lib/names'
import { problemText } from '~/lib/problem'
import { length } from '~/lib/time'
import { useSecond } from '~/lib/useSecond'
import { Party } from '~/ui/Party'

const LANES: Stage[] = ['arriving', 'ringing', 'talking', 'held']

/** The calls that are up, moving from lane to lane as they happen. */
export function LiveBoard() {
  const { t } = useTranslation()
  const calls = Object.values(useBoard()).sort((a, b) => a.startedAt - b.startedAt)
  return (
    <section aria-label={t('board.title')} className="lanes">
      {LANES.map((lane) => (
        <Lane key={lane} lane={lane} calls={calls.filter((call) => stageOf(call) === lane)} />
      ))}
    </section>
  )
}

function Lane({ lane, calls }: { lane: Stage; calls: LiveCall[] }) {
  const { t } = useTranslation()
  return (
    <div className={`lane lane-${lane}`}>
      <h2>
        {t(`board.${lane}`)} <span className="num muted">{calls.length}</span>
      </h2>
      {calls.length === 0 ? (
        <p className="muted lane-empty">{t(`board.${lane}None`)}</p>
      ) : (
        <ul>
          {calls.map((call) => (
            <Card key={call.id} call={call} />
          ))}
        </ul>
      )}
    </div>
  )
}

function Card({ call }: { call: LiveCall }) {
  const { t } = useTranslation()
  const names = useNames()
  const now = useSecond()
  const who = call.extensions.map((number) => names.extensionByNumber(number)?.name ?? number)
  return (
    <li className="live-card">
      <div className="row between">
        <strong>
          <Direction direction={call.direction} />
          <Party number={call.from} />
        </strong>
        <span className="num">{length(now - (call.answeredAt ?? call.startedAt))}</span>
      </div>
      <div className="row between">
        <span className="muted live-who">
          {who.length > 0 ? who.slice(0, 3).join(', ') : <Party number={call.to} />}
          {who.length > 3 && ` +${who.length - 3}`}
          {call.keys !== '' && stageOf(call) === 'arriving' && ` · ${t('board.keys', { keys: call.keys })}`}
        </span>
        <End id={call.id} />
      </div>
    </li>
  )
}

function End({ id }: { id: string }) {
  const { t } = useTranslation()
  const { modal, message } = App.useApp()
  if (!useMay('make_calls')) return null
  const params = { path: { call_id: id } }
  const ask = () =>
    modal.confirm({
      title: t('board.endAsk'),
      content: t('board.endEffect'),
      okText: t('board.end'),
      okButtonProps: { danger: true },
      onOk: () =>
        unwrap(client.DELETE('/api/v1/calls/{call_id}', { params })).catch(
          (error) => void message.error(problemText(error, t)),
        ),
    })
  return (
    <Tooltip title={t('board.end')}>
      <Button type="text" size="small" icon={<StopOutlined />} aria-label={t('board.end')} onClick={ask} />
    </Tooltip>
  )
}
