import { DeleteOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { App, Button, Modal } from 'antd'
import { useTranslation } from 'react-i18next'
import { client, unwrap } from '~/api/client'
import { pauseReasonsQuery } from '~/api/lists'
import { problemText } from '~/lib/problem'
import { AddName } from '~/ui/AddName'
import { Failed } from '~/ui/Failed'
import { useSaver } from '~/ui/useSaver'

/** The reasons that agents choose from when they pause. */
export function Reasons({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Modal open={open} onCancel={onClose} title={t('agent.reasons')} footer={null} destroyOnHidden>
      <p className="muted" style={{ marginBottom: 12 }}>
        {t('agent.reasonsAbout')}
      </p>
      <List />
      <Add />
    </Modal>
  )
}

function List() {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const saver = useSaver('pause-reasons')
  const { data, error, refetch } = useQuery(pauseReasonsQuery)
  if (error && !data) return <Failed error={error} retry={refetch} />
  const remove = (reason_id: string) =>
    saver(
      unwrap(client.DELETE('/api/v1/pause-reasons/{reason_id}', { params: { path: { reason_id } } })),
    ).catch((problem) => void message.error(problemText(problem, t)))
  return (
    <ul className="plain reasons">
      {data?.map(({ id, name }) => (
        <li key={id} className="row between">
          {name}
          <Button
            type="text"
            size="small"
            icon={<DeleteOutlined />}
            aria-label={t('agent.removeReason', { name })}
            onClick={() => void remove(id)}
          />
        </li>
      ))}
    </ul>
  )
}

function Add() {
  const { t } = useTranslation()
  const saver = useSaver('pause-reasons')
  return (
    <AddName
      onAdd={(body) => saver(unwrap(client.POST('/api/v1/pause-reasons', { body })))}
      label={t('agent.reason')}
      hint={t('agent.reasonHint')}
    />
  )
}
