import { ArrowLeftOutlined } from '@ant-design/icons'
import { Link } from '@tanstack/react-router'
import { Alert, Button, Segmented } from 'antd'
import { useTranslation } from 'react-i18next'
import { type LiveCall, stageOf } from '~/lib/live/board'
import { useMay } from '~/lib/me'
import { useNames } from '~/lib/names'
import { waysOf } from '~/lib/supervising'
import { length, whenFull } from '~/lib/time'
import { useSecond } from '~/lib/useSecond'
import { Copy } from '~/ui/Copy'
import { Page } from '~/ui/Page'
import { Party } from '~/ui/Party'
import { Signalling } from '../ladder/Signalling'
import { Direction } from '../words'
import { Beside } from './Beside'
import { useSupervising } from './useSupervising'

/** A call that is up: who talks, for how long, who else is there, and how to take part. */
export function LiveCallPage({ call }: { call: LiveCall }) {
  const { t } = useTranslation()
  const seesAll = useMay('view_calls')
  return (
    <Page
      title={
        <span className="row">
          <Link to="/" aria-label={t('supervise.back')}>
            <ArrowLeftOutlined />
          </Link>
          <Party number={call.from} /> → <Party number={call.to} />
        </span>
      }
      about={whenFull(call.startedAt)}
      actions={<Copy text={call.id} label={t('call.id')} />}
    >
      <section className="card pad">
        <Now call={call} />
        <Beside call={call} />
        <Supervise call={call} />
      </section>
      {seesAll && <Signalling id={call.id} />}
    </Page>
  )
}

function Now({ call }: { call: LiveCall }) {
  const { t } = useTranslation()
  const names = useNames()
  const now = useSecond()
  const who = call.extensions.map((number) => names.extensionByNumber(number)?.name ?? number).join(', ')
  return (
    <p className="live-now">
      <Direction direction={call.direction} word /> · {t(`board.${stageOf(call)}`)}{' '}
      <strong className="num">{length(now - (call.answeredAt ?? call.startedAt))}</strong>
      {who !== '' && ` · ${who}`}
    </p>
  )
}

function Supervise({ call }: { call: LiveCall }) {
  const { t } = useTranslation()
  const doing = useSupervising(call)
  const options = waysOf(call).map((way) => ({ value: way, label: t(`supervise.${way}`) }))
  return (
    <>
      {doing.maySupervise && doing.hindrance !== '' && (
        <Alert type="info" showIcon title={doing.hindrance} style={{ marginBottom: 12 }} />
      )}
      <div className="row live-acts">
        {doing.maySupervise &&
          (doing.way ? (
            <>
              <Segmented
                value={doing.way}
                options={options}
                onChange={doing.take}
                aria-label={t('supervise.way')}
              />
              <Button onClick={doing.letGo}>{t('supervise.letGo')}</Button>
              <Button type="primary" onClick={doing.takeOver}>
                {t('supervise.takeOver')}
              </Button>
            </>
          ) : (
            options.map(({ value, label }) => (
              <Button key={value} disabled={doing.hindrance !== ''} onClick={() => doing.take(value)}>
                {label}
              </Button>
            ))
          ))}
        {doing.mayEnd && (
          <Button danger onClick={doing.hangUp}>
            {t('board.end')}
          </Button>
        )}
      </div>
    </>
  )
}
