import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { App, Button, Form, Input, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client, unwrap } from '~/api/client'
import { pauseReasonsQuery } from '~/api/lists'
import { problemText } from '~/lib/problem'
import { Failed } from '~/ui/Failed'
import { showProblem } from '~/ui/form'
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
  const { message } = App.useApp()
  const saver = useSaver('pause-reasons')
  const [form] = Form.useForm<{ name: string }>()
  const [busy, setBusy] = useState(false)
  const add = async (body: { name: string }) => {
    setBusy(true)
    try {
      await saver(unwrap(client.POST('/api/v1/pause-reasons', { body })))
      form.resetFields()
    } catch (error) {
      showProblem(error, form, message, t)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Form form={form} layout="inline" requiredMark={false} onFinish={add} style={{ marginTop: 12 }}>
      <Form.Item name="name" rules={[{ required: true, message: t('form.missing') }]} style={{ flex: 1 }}>
        <Input maxLength={60} placeholder={t('agent.reasonHint')} aria-label={t('agent.reason')} />
      </Form.Item>
      <Button htmlType="submit" icon={<PlusOutlined />} loading={busy}>
        {t('agent.addReason')}
      </Button>
    </Form>
  )
}
