import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Skeleton } from 'antd'
import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { client, type Schema, unwrap } from '~/api/client'
import { whenFull } from '~/lib/time'
import { type Column, DataTable } from '~/ui/DataTable'
import { Dot, type Tone } from '~/ui/Dot'
import { Failed } from '~/ui/Failed'
import { Phone } from '~/ui/Phone'

type Row = Schema['BroadcastNumber']

const TONES: Record<string, Tone> = { waiting: 'warn', calling: 'busy', reached: 'good', failed: 'bad' }

/** Whom a broadcast calls, and what became of it. */
export function Numbers({
  broadcast,
  state,
}: {
  broadcast: Schema['Broadcast']
  state?: string | undefined
}) {
  const { t } = useTranslation()
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ['broadcasts', broadcast.id, 'numbers', state],
    queryFn: ({ pageParam }) => {
      const params = { path: { broadcast_id: broadcast.id }, query: { state, limit: 100, after: pageParam } }
      return unwrap(client.GET('/api/v1/broadcasts/{broadcast_id}/numbers', { params }))
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    refetchInterval: broadcast.state === 'running' ? 3_000 : false,
  })
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [hasNextPage, isFetchingNextPage, fetchNextPage])
  if (error && !data) return <Failed error={error} retry={refetch} />
  if (!data) return <Skeleton active className="waiting" title={false} />
  const columns: Column<Row>[] = [
    {
      key: 'number',
      title: t('broadcasts.number'),
      cell: (row) =>
        row.call && row.state !== 'calling' ? (
          <Link to="/calls/$id" params={{ id: row.call }}>
            <Phone number={row.number} />
          </Link>
        ) : (
          <Phone number={row.number} />
        ),
      narrow: true,
    },
    {
      key: 'state',
      title: t('broadcasts.state'),
      cell: (row) => <Dot tone={TONES[row.state] ?? 'quiet'}>{t(`broadcasts.number_${row.state}`)}</Dot>,
      width: '150px',
      narrow: true,
    },
    {
      key: 'cause',
      title: t('broadcasts.cause'),
      cell: (row) => (row.cause ? t(`cause.${row.cause}`, { defaultValue: row.cause }) : '–'),
    },
    { key: 'key', title: t('broadcasts.key'), cell: (row) => row.key ?? '–', width: '90px' },
    {
      key: 'attempts',
      title: t('broadcasts.attempts'),
      cell: (row) => <span className="num">{row.attempts}</span>,
      width: '110px',
      align: 'right',
    },
    {
      key: 'when',
      title: t('broadcasts.changed'),
      cell: (row) => <span className="num">{whenFull(row.updated_at)}</span>,
      width: '190px',
    },
  ]
  return (
    <DataTable
      label={t('broadcasts.numbers')}
      columns={columns}
      rows={data.pages.flatMap((page) => page.items)}
      rowKey={(row) => String(row.place)}
      onEnd={more}
    />
  )
}
