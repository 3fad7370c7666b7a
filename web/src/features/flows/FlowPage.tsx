import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { Skeleton } from 'antd'
import { useState } from 'react'
import { Failed } from '~/ui/Failed'
import { FlowEditor, type Pane } from './FlowEditor'
import { draftQuery, flowQuery } from './queries'

/** One flow, drawn: its draft, or what calls walk when nobody draws one. */
export function FlowPage() {
  const { id } = useParams({ from: '/inside/flows/$id' })
  const flow = useQuery(flowQuery(id))
  const draft = useQuery(draftQuery(id))
  const [pane, setPane] = useState<Pane>('node')
  const error = flow.error ?? draft.error
  const reload = () => void Promise.all([flow.refetch(), draft.refetch()])
  if (error) return <Failed error={error} retry={reload} />
  if (!flow.data || !draft.data) return <Skeleton active className="waiting" />
  return (
    <FlowEditor
      key={`${id}-${flow.data.version}-${draft.data.revision}`}
      flow={flow.data}
      draft={draft.data}
      pane={pane}
      onPane={setPane}
      reload={reload}
    />
  )
}
