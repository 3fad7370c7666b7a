import { MoreOutlined } from '@ant-design/icons'
import { useNavigate } from '@tanstack/react-router'
import { App, Button, Dropdown } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client, Problem, type Schema, unwrap } from '~/api/client'
import { problemText } from '~/lib/problem'
import { useSaver } from '~/ui/useSaver'
import { forApi, type Graph } from './graph'
import { Publish } from './Publish'
import { Replay } from './Replay'

interface Props {
  flow: Schema['Flow']
  draft: Schema['FlowDraft']
  graph: Graph
  dirty: boolean
  unfinished: boolean
  onSaid: (said: { name: string; message: string }[]) => void
  onSaved: () => void
}

/** What is done with the whole flow: the draft is kept, thrown away, replayed, published; the flow is deleted. */
export function EditorActions({ flow, draft, graph, dirty, unfinished, onSaid, onSaved }: Props) {
  const { t } = useTranslation()
  const { message, modal } = App.useApp()
  const navigate = useNavigate()
  const saver = useSaver('flows')
  const [busy, setBusy] = useState(false)
  const [publishing, setPublishing] = useState<Schema['FlowDraft'] | null>(null)
  const [replaying, setReplaying] = useState(false)
  const params = { path: { flow_id: flow.id } }
  const told = (error: unknown) => {
    if (error instanceof Problem && error.fields.length > 0) onSaid(error.fields)
    message.error(problemText(error, t))
  }

  /** The draft as the server keeps it now; none when it could not be kept. */
  const keep = async (): Promise<Schema['FlowDraft'] | null> => {
    if (!dirty) return draft
    setBusy(true)
    try {
      const body = { graph: forApi(graph) as unknown as Record<string, unknown>, revision: draft.revision }
      const kept = await unwrap(client.PUT('/api/v1/flows/{flow_id}/draft', { params, body }))
      await saver(Promise.resolve())
      onSaid(kept.faults)
      return kept
    } catch (error) {
      told(error)
      return null
    } finally {
      setBusy(false)
    }
  }
  const save = async () => {
    if (!(await keep())) return
    message.success(t('draft.saved'))
    onSaved()
  }
  const publish = async () => {
    const kept = await keep()
    if (!kept) return
    if (kept.faults.length > 0) {
      message.error(t('draft.faulty', { count: kept.faults.length }))
      onSaved()
    } else setPublishing(kept)
  }
  const discard = () =>
    modal.confirm({
      title: t('draft.discardAsk'),
      content: t('draft.discardEffect', { version: flow.version }),
      okText: t('draft.discard'),
      okButtonProps: { danger: true },
      onOk: () =>
        saver(unwrap(client.DELETE('/api/v1/flows/{flow_id}/draft', { params })))
          .then(onSaved)
          .catch(told),
    })
  const remove = () =>
    modal.confirm({
      title: t('flows.removeAsk', { name: flow.name }),
      content: t('flows.removeEffect'),
      okText: t('form.remove'),
      okButtonProps: { danger: true },
      onOk: () =>
        saver(unwrap(client.DELETE('/api/v1/flows/{flow_id}', { params })))
          .then(() => navigate({ to: '/flows', ignoreBlocker: true }))
          .catch(told),
    })
  const items = [
    { key: 'replay', label: t('replay.open'), disabled: unfinished, onClick: () => setReplaying(true) },
    { key: 'discard', label: t('draft.discard'), disabled: draft.revision === 0, onClick: discard },
    { key: 'remove', label: t('form.remove'), danger: true, onClick: remove },
  ]
  return (
    <>
      <Dropdown menu={{ items }} trigger={['click']}>
        <Button icon={<MoreOutlined />} aria-label={t('flows.more')} />
      </Dropdown>
      <Button loading={busy} disabled={!dirty} onClick={save}>
        {t('draft.save')}
      </Button>
      <Button
        type="primary"
        loading={busy}
        disabled={unfinished || (!dirty && draft.revision === 0)}
        onClick={publish}
      >
        {t('flows.publish')}
      </Button>
      {publishing && (
        <Publish
          flow={flow}
          draft={publishing}
          onDone={onSaved}
          onClose={() => {
            setPublishing(null)
            if (dirty) onSaved()
          }}
        />
      )}
      {replaying && <Replay flow={flow.id} graph={forApi(graph)} onClose={() => setReplaying(false)} />}
    </>
  )
}
