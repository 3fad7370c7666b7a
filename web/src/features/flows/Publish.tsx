import { useQuery } from '@tanstack/react-query'
import { Alert, App, Form, Input, Modal, Skeleton } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client, Problem, type Schema, unwrap } from '~/api/client'
import { problemText } from '~/lib/problem'
import { Failed } from '~/ui/Failed'
import { useSaver } from '~/ui/useSaver'
import { Changes } from './Changes'
import { comparisonQuery } from './queries'

interface Props {
  flow: Schema['Flow']
  draft: Schema['FlowDraft']
  onDone: () => void
  onClose: () => void
}

/** The last look before calls meet it: what changes, and a note for those who read the versions. */
export function Publish({ flow, draft, onDone, onClose }: Props) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const saver = useSaver('flows')
  const [note, setNote] = useState('')
  const [wrong, setWrong] = useState<Problem | null>(null)
  const [busy, setBusy] = useState(false)
  const [revision, setRevision] = useState(draft.revision)
  const changes = useQuery(comparisonQuery(flow.id, 'published', 'draft', String(revision)))
  const params = { path: { flow_id: flow.id } }
  const publish = async () => {
    setBusy(true)
    setWrong(null)
    try {
      await saver(
        unwrap(client.POST('/api/v1/flows/{flow_id}/publish', { params, body: { note, revision } })),
      )
      message.success(t('flows.published'))
      onDone()
    } catch (error) {
      if (error instanceof Problem) setWrong(error)
      else message.error(problemText(error, t))
    } finally {
      setBusy(false)
    }
  }
  // Somebody published meanwhile: the changes against that are shown, and it is for the reader to say that they are meant.
  const anew = async () => {
    const next = await unwrap(client.POST('/api/v1/flows/{flow_id}/draft/rebase', { params }))
    setWrong(null)
    setRevision(next.revision)
  }
  const behind = wrong?.code === 'version_changed'
  return (
    <Modal
      open
      width={640}
      title={t('publish.title', { version: flow.version + 1 })}
      okText={behind ? t('publish.anew') : t('publish.do')}
      onOk={behind ? anew : publish}
      okButtonProps={{ loading: busy, disabled: !changes.data }}
      cancelText={t('form.cancel')}
      onCancel={onClose}
    >
      {changes.error && <Failed error={changes.error} retry={changes.refetch} />}
      {changes.isPending ? (
        <Skeleton active title={false} />
      ) : (
        changes.data && <Changes changes={changes.data} />
      )}
      <Form layout="vertical" style={{ marginTop: 16 }}>
        <Form.Item label={t('publish.note')} htmlFor="publish-note" extra={t('publish.noteHelp')}>
          <Input.TextArea
            id="publish-note"
            rows={2}
            maxLength={500}
            value={note}
            onChange={(event) => setNote(event.target.value)}
          />
        </Form.Item>
      </Form>
      {wrong && (
        <Alert
          type="error"
          showIcon
          title={problemText(wrong, t)}
          description={
            wrong.fields.length > 0 && (
              <ul className="plain">
                {wrong.fields.map(({ name, message }) => (
                  <li key={name}>
                    <b>{name.replace(/^tests\./, '')}</b>: {message}
                  </li>
                ))}
              </ul>
            )
          }
        />
      )}
    </Modal>
  )
}
