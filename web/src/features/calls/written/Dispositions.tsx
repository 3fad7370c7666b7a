import { DeleteOutlined, PlusOutlined, TagsOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { App, Button, Form, Input, Modal, Typography } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client, unwrap } from '~/api/client'
import { dispositionsQuery } from '~/api/lists'
import { problemText } from '~/lib/problem'
import { Failed } from '~/ui/Failed'
import { showProblem } from '~/ui/form'
import { useSaver } from '~/ui/useSaver'

/** The words that agents choose from after a call. */
export function Dispositions() {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button icon={<TagsOutlined />} onClick={() => setOpen(true)}>
        {t('written.dispositions')}
      </Button>
      <Modal
        open={open}
        onCancel={() => setOpen(false)}
        title={t('written.dispositions')}
        footer={null}
        destroyOnHidden
      >
        <p className="muted" style={{ marginBottom: 12 }}>
          {t('written.dispositionsAbout')}
        </p>
        <List />
        <Add />
      </Modal>
    </>
  )
}

function List() {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const saver = useSaver('dispositions')
  const { data, error, refetch } = useQuery(dispositionsQuery)
  if (error && !data) return <Failed error={error} retry={refetch} />
  const run = (work: Promise<unknown>) =>
    saver(work).catch((problem) => void message.error(problemText(problem, t)))
  const path = (disposition_id: string) => ({ path: { disposition_id } })
  const rename = (id: string, name: string) =>
    run(unwrap(client.PATCH('/api/v1/dispositions/{disposition_id}', { params: path(id), body: { name } })))
  const retire = (id: string) =>
    run(unwrap(client.DELETE('/api/v1/dispositions/{disposition_id}', { params: path(id) })))
  return (
    <ul className="plain reasons">
      {data
        ?.filter(({ retired }) => !retired)
        .map(({ id, name }) => (
          <li key={id} className="row between">
            <Typography.Text
              editable={{
                tooltip: t('written.rename', { name }),
                maxLength: 60,
                onChange: (next) => next.trim() !== '' && next !== name && void rename(id, next),
              }}
            >
              {name}
            </Typography.Text>
            <Button
              type="text"
              size="small"
              icon={<DeleteOutlined />}
              aria-label={t('written.retire', { name })}
              onClick={() => void retire(id)}
            />
          </li>
        ))}
    </ul>
  )
}

function Add() {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const saver = useSaver('dispositions')
  const [form] = Form.useForm<{ name: string }>()
  const [busy, setBusy] = useState(false)
  const add = async (body: { name: string }) => {
    setBusy(true)
    try {
      await saver(unwrap(client.POST('/api/v1/dispositions', { body })))
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
        <Input maxLength={60} placeholder={t('written.hint')} aria-label={t('written.one')} />
      </Form.Item>
      <Button htmlType="submit" icon={<PlusOutlined />} loading={busy}>
        {t('agent.addReason')}
      </Button>
    </Form>
  )
}
