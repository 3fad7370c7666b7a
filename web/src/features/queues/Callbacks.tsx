import { CloseOutlined, PhoneOutlined } from '@ant-design/icons'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, Tag } from 'antd'
import { useTranslation } from 'react-i18next'
import { client, type Schema, unwrap } from '~/api/client'
import { useMay } from '~/lib/me'
import { problemText } from '~/lib/problem'
import { Failed } from '~/ui/Failed'
import { Phone } from '~/ui/Phone'

type Callback = Schema['Callback']

const COLOURS = { waiting: 'processing', done: 'success', failed: 'error', cancelled: 'default' } as const
/** Callbacks come and go without anybody's doing. */
const ANEW_MS = 10_000

/** Callers of a queue who hung up and are called back: the newest, and what has become of them. */
export function Callbacks({ queue }: { queue: string }) {
  const { t } = useTranslation()
  const maySee = useMay('supervise')
  const { data, error, refetch } = useQuery({
    queryKey: ['queues', queue, 'callbacks'],
    queryFn: () =>
      unwrap(
        client.GET('/api/v1/queues/{queue_id}/callbacks', {
          params: { path: { queue_id: queue }, query: { limit: 20 } },
        }),
      ),
    enabled: maySee,
    refetchInterval: ANEW_MS,
  })
  if (!maySee) return null
  if (error && !data) return <Failed error={error} retry={refetch} />
  return (
    <section aria-label={t('queues.callbacks')} style={{ marginTop: 24 }}>
      <h3>{t('queues.callbacks')}</h3>
      {data?.items.length === 0 && <p className="muted">{t('queues.noCallbacks')}</p>}
      <ul className="plain">
        {data?.items.map((one) => (
          <One key={one.call_id} callback={one} />
        ))}
      </ul>
    </section>
  )
}

function One({ callback }: { callback: Callback }) {
  const { t, i18n } = useTranslation()
  const { message } = App.useApp()
  const queries = useQueryClient()
  const { queue_id, call_id, number, state, tries, asked_at } = callback
  const cancel = () =>
    unwrap(
      client.DELETE('/api/v1/queues/{queue_id}/callbacks/{call_id}', {
        params: { path: { queue_id, call_id } },
      }),
    )
      .then(() => queries.invalidateQueries({ queryKey: ['queues', queue_id, 'callbacks'] }))
      .catch((problem) => void message.error(problemText(problem, t)))
  return (
    <li className="row between">
      <span className="row">
        <PhoneOutlined aria-hidden />
        <Phone number={number} />
        <span className="muted">{new Date(asked_at).toLocaleString(i18n.language)}</span>
      </span>
      <span className="row">
        {tries > 0 && <span className="muted">{t('queues.callbackTried', { count: tries })}</span>}
        <Tag color={COLOURS[state]}>{t(`queues.callback_${state}`)}</Tag>
        {state === 'waiting' && (
          <Button
            type="text"
            size="small"
            icon={<CloseOutlined />}
            aria-label={t('queues.callbackCancel', { number })}
            onClick={() => void cancel()}
          />
        )}
      </span>
    </li>
  )
}
