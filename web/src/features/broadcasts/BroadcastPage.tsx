import { ArrowLeftOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { App, Button, Segmented, Skeleton } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client, type Schema, unwrap } from '~/api/client'
import { useMay } from '~/lib/me'
import { useNames } from '~/lib/names'
import { problemText } from '~/lib/problem'
import { whenFull } from '~/lib/time'
import { Failed } from '~/ui/Failed'
import { Page } from '~/ui/Page'
import { useSaver } from '~/ui/useSaver'
import { BroadcastState } from './BroadcastState'
import { Numbers } from './Numbers'

type Broadcast = Schema['Broadcast']

const STATES = ['waiting', 'calling', 'reached', 'failed', 'cancelled'] as const

/** One broadcast: what is told, how far it is, and what became of each number. */
export function BroadcastPage() {
  const { t } = useTranslation()
  const { id } = useParams({ from: '/inside/broadcasts/$id' })
  const [state, setState] = useState('all')
  const { data, error, refetch } = useQuery({
    queryKey: ['broadcasts', id],
    queryFn: () =>
      unwrap(client.GET('/api/v1/broadcasts/{broadcast_id}', { params: { path: { broadcast_id: id } } })),
    refetchInterval: ({ state: { data } }) => (data?.state === 'running' ? 2_000 : 15_000),
  })
  if (error && !data) return <Failed error={error} retry={refetch} />
  if (!data) return <Skeleton active className="waiting" />
  const counts = STATES.filter((one) => data.tally[one] > 0)
  return (
    <Page
      title={
        <span className="row">
          <Link to="/broadcasts" aria-label={t('menu.broadcasts')}>
            <ArrowLeftOutlined />
          </Link>
          <span style={{ overflowWrap: 'anywhere' }}>{data.name}</span>
          <BroadcastState broadcast={data} />
        </span>
      }
      about={<Told broadcast={data} />}
      actions={<CallOff broadcast={data} />}
    >
      <div>
        <Segmented
          value={state}
          aria-label={t('broadcasts.state')}
          options={[
            { value: 'all', label: `${t('broadcasts.all')} ${data.tally.numbers}` },
            ...counts.map((one) => ({
              value: one as string,
              label: `${t(`broadcasts.number_${one}`)} ${data.tally[one]}`,
            })),
          ]}
          onChange={setState}
        />
      </div>
      <Numbers broadcast={data} state={state === 'all' ? undefined : state} />
    </Page>
  )
}

/** What is told, by which number, and when. */
function Told({ broadcast }: { broadcast: Broadcast }) {
  const { t } = useTranslation()
  const names = useNames()
  const parts = broadcast.parts.map((part) => {
    if (part.kind === 'text') return `“${part.text}”`
    return names.of(part.kind === 'greeting' ? part.greeting : part.flow)
  })
  const told = [
    `${parts.join(' → ')}${broadcast.times > 1 ? ` × ${broadcast.times}` : ''}`,
    broadcast.hotline && names.of(broadcast.hotline),
    broadcast.schedule && names.of(broadcast.schedule),
    broadcast.starts_at && t('broadcasts.from', { when: whenFull(broadcast.starts_at) }),
  ]
  return <>{told.filter(Boolean).join(' · ')}</>
}

function CallOff({ broadcast }: { broadcast: Broadcast }) {
  const { t } = useTranslation()
  const { modal, message } = App.useApp()
  const saver = useSaver('broadcasts')
  const mayEdit = useMay('edit_config')
  if (!mayEdit || !['scheduled', 'running'].includes(broadcast.state)) return null
  const params = { path: { broadcast_id: broadcast.id } }
  const ask = () =>
    modal.confirm({
      title: t('broadcasts.cancelAsk', { name: broadcast.name }),
      content: t('broadcasts.cancelEffect'),
      okText: t('broadcasts.cancel'),
      okButtonProps: { danger: true },
      onOk: () =>
        saver(unwrap(client.POST('/api/v1/broadcasts/{broadcast_id}/cancel', { params }))).catch(
          (error) => void message.error(problemText(error, t)),
        ),
    })
  return (
    <Button danger onClick={ask}>
      {t('broadcasts.cancel')}
    </Button>
  )
}
