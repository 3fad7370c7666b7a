import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { Skeleton } from 'antd'
import { client, unwrap } from '~/api/client'
import { Failed } from '~/ui/Failed'
import { FlowEditor } from './FlowEditor'

/** One flow, drawn. */
export function FlowPage() {
  const { id } = useParams({ from: '/inside/flows/$id' })
  const { data, error, refetch } = useQuery({
    queryKey: ['flow', id],
    queryFn: () => unwrap(client.GET('/api/v1/flows/{flow_id}', { params: { path: { flow_id: id } } })),
    staleTime: 0,
    gcTime: 0,
  })
  if (error) return <Failed error={error} retry={refetch} />
  if (!data) return <Skeleton active className="waiting" />
  return <FlowEditor key={`${data.id}-${data.version}`} flow={data} reload={refetch} />
}
