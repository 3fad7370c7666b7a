import { ArrowLeftOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { App, Button, Segmented, Skeleton } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client, unwrap } from '~/api/client'
import { problemText } from '~/lib/problem'
import { Failed } from '~/ui/Failed'
import { Page } from '~/ui/Page'
import { useSaver } from '~/ui/useSaver'
import { Deliveries } from './Deliveries'
import { SecretShown, WebhookEditor } from './WebhookEditor'

const STATES = ['all', 'pending', 'delivered', 'dead']

/** One endpoint and what became of each event sent to it. */
export function WebhookPage() {
  const { t } = useTranslation()
  const { id } = useParams({ from: '/inside/webhooks/$id' })
  const { state } = useSearch({ from: '/inside/webhooks/$id' })
  const navigate = useNavigate()
  const { message } = App.useApp()
  const saver = useSaver('deliveries')
  const [editing, setEditing] = useState(false)
  const [secret, setSecret] = useState<string | null>(null)
  const params = { path: { webhook_id: id } }
  const { data, error, refetch } = useQuery({
    queryKey: ['webhooks', id],
    queryFn: () => unwrap(client.GET('/api/v1/webhooks/{webhook_id}', { params })),
  })
  if (error) return <Failed error={error} retry={refetch} />
  if (!data) return <Skeleton active className="waiting" />
  const run = (work: Promise<unknown>) => work.catch((problem) => void message.error(problemText(problem, t)))
  const rotate = () =>
    run(
      unwrap(client.POST('/api/v1/webhooks/{webhook_id}/rotate', { params })).then((made) =>
        setSecret(made.secret),
      ),
    )
  const again = () =>
    run(
      saver(
        unwrap(client.POST('/api/v1/webhooks/{webhook_id}/replay-dead', { params })).then(({ replayed }) =>
          message.success(t('webhooks.replayed', { count: replayed })),
        ),
      ),
    )
  return (
    <Page
      title={
        <span className="row">
          <Link to="/webhooks" aria-label={t('menu.webhooks')}>
            <ArrowLeftOutlined />
          </Link>
          <span style={{ overflowWrap: 'anywhere' }}>{data.url}</span>
        </span>
      }
      about={data.description || t('webhooks.log')}
      actions={
        <>
          <Button onClick={() => setEditing(true)}>{t('webhooks.edit')}</Button>
          <Button onClick={rotate}>{t('webhooks.rotate')}</Button>
          <Button onClick={again}>{t('webhooks.replayDead')}</Button>
        </>
      }
    >
      <div>
        <Segmented
          value={state ?? 'all'}
          aria-label={t('webhooks.state')}
          options={STATES.map((value) => ({ value, label: t(`delivery.${value}`) }))}
          onChange={(value) =>
            void navigate({
              to: '/webhooks/$id',
              params: { id },
              search: value === 'all' ? {} : { state: value },
            })
          }
        />
      </div>
      <Deliveries webhook={id} state={state} />
      <WebhookEditor
        row={data}
        open={editing}
        onClose={() => setEditing(false)}
        onRemoved={() => void navigate({ to: '/webhooks' })}
      />
      <SecretShown secret={secret} onClose={() => setSecret(null)} />
    </Page>
  )
}
