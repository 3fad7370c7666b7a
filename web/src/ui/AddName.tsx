import { PlusOutlined } from '@ant-design/icons'
import { App, Button, Form, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { showProblem } from './form'

interface Props {
  /** Stores it; a refusal is shown at the field. */
  onAdd: (body: { name: string }) => Promise<unknown>
  /** What the field is. */
  label: string
  /** An example in the empty field. */
  hint: string
}

/** One line that adds a name to a short list. */
export function AddName({ onAdd, label, hint }: Props) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const [form] = Form.useForm<{ name: string }>()
  const [busy, setBusy] = useState(false)
  const add = async (body: { name: string }) => {
    setBusy(true)
    try {
      await onAdd(body)
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
        <Input maxLength={60} placeholder={hint} aria-label={label} />
      </Form.Item>
      <Button htmlType="submit" icon={<PlusOutlined />} loading={busy}>
        {t('agent.addReason')}
      </Button>
    </Form>
  )
}
