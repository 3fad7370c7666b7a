import { SendOutlined } from '@ant-design/icons'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { App, Button, Modal, Skeleton } from 'antd'
import { useCallback, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client, type Schema, unwrap } from '~/api/client'
import { problemText } from '~/lib/problem'
import { whenFull } from '~/lib/time'
import { type Column, DataTable } from '~/ui/DataTable'
import { Dot, type Tone } from '~/ui/Dot'
import { Failed } from '~/ui/Failed'
import { Teach } from '~/ui/Teach'
import { useSaver } from '~/ui/useSaver'

type Delivery = Schema['Delivery']

const TONES: Record<string, Tone> = { delivered: 'good', pending: 'warn', dead: 'bad' }

export function Deliveries({ webhook, state }: { webhook: string; state?: string | undefined }) {
  const { t } = useTranslation()
  const [shown, setShown] = useState<Delivery | null>(null)
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ['deliveries', webhook, state],
    queryFn: ({ pageParam }) => {
      const params = { path: { webhook_id: webhook }, query: { state, limit: 100, after: pageParam } }
      return unwrap(client.GET('/api/v1/webhooks/{webhook_id}/deliveries', { params }))
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    refetchInterval: 10_000,
  })
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [hasNextPage, isFetchingNextPage, fetchNextPage])
  if (error && !data) return <Failed error={error} retry={refetch} />
  if (!data) return <Skeleton active className="waiting" title={false} />
  const rows = data.pages.flatMap((page) => page.items)
  if (rows.length === 0)
    return <Teach icon={<SendOutlined />} title={t('delivery.none')} why={t('delivery.noneWhy')} />
  const columns: Column<Delivery>[] = [
    {
      key: 'type',
      title: t('delivery.type'),
      cell: (row) => (
        <Button type="link" size="small" onClick={() => setShown(row)}>
          {row.type}
        </Button>
      ),
      narrow: true,
    },
    {
      key: 'state',
      title: t('delivery.state'),
      cell: (row) => <Dot tone={TONES[row.state] ?? 'quiet'}>{t(`delivery.${row.state}`)}</Dot>,
      width: '170px',
      narrow: true,
    },
    { key: 'answer', title: t('delivery.answer'), cell: (row) => row.last_status ?? row.last_error ?? '–' },
    {
      key: 'attempts',
      title: t('delivery.attempts'),
      cell: (row) => <span className="num">{row.attempts}</span>,
      width: '110px',
      align: 'right',
    },
    {
      key: 'when',
      title: t('delivery.when'),
      cell: (row) => <span className="num">{whenFull(row.created_at)}</span>,
      width: '190px',
    },
  ]
  return (
    <>
      <DataTable
        label={t('webhooks.log')}
        columns={columns}
        rows={rows}
        rowKey={(row) => row.event_id}
        onEnd={more}
      />
      {shown && <Attempts webhook={webhook} event={shown.event_id} onClose={() => setShown(null)} />}
    </>
  )
}

/** Each attempt of one delivery, and the button to send it again. */
function Attempts({ webhook, event, onClose }: { webhook: string; event: string; onClose: () => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const saver = useSaver('deliveries')
  const params = { path: { webhook_id: webhook, event_id: event } }
  const { data } = useQuery({
    queryKey: ['deliveries', webhook, 'one', event],
    queryFn: () => unwrap(client.GET('/api/v1/webhooks/{webhook_id}/deliveries/{event_id}', { params })),
  })
  const replay = () =>
    saver(unwrap(client.POST('/api/v1/webhooks/{webhook_id}/deliveries/{event_id}/replay', { params })))
      .then(() => message.success(t('webhooks.replayed', { count: 1 })))
      .catch((error) => message.error(problemText(error, t)))
  return (
    <Modal
      open
      title={data?.type ?? t('delivery.type')}
      onCancel={onClose}
      okText={t('delivery.replay')}
      onOk={replay}
      cancelText={t('form.close')}
    >
      <p className="muted">
        <code>{event}</code>
      </p>
      <ol className="trail">
        {data?.log.map((attempt) => (
          <li key={attempt.attempt}>
            <span className="num muted">{whenFull(attempt.at)}</span>
            <span>
              {attempt.status ?? attempt.error} · {attempt.duration_ms} ms{' '}
              {attempt.answer && <code>{attempt.answer}</code>}
            </span>
          </li>
        ))}
      </ol>
    </Modal>
  )
}
