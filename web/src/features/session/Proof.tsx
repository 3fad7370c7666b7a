import { App, Form, Input, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { showProblem } from '~/ui/form'

/** Asks for one's own password before something that matters. */
export function Proof({
  title,
  about,
  onProven,
  onClose,
}: {
  title: string
  about: string
  onProven: (password: string) => Promise<void>
  onClose: () => void
}) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const [form] = Form.useForm<{ password: string }>()
  const [busy, setBusy] = useState(false)
  const prove = async ({ password }: { password: string }) => {
    setBusy(true)
    try {
      await onProven(password)
    } catch (error) {
      showProblem(error, form, message, t)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Modal
      open
      title={title}
      onOk={form.submit}
      onCancel={onClose}
      confirmLoading={busy}
      okText={t('factor.next')}
      cancelText={t('form.cancel')}
    >
      <p className="muted">{about}</p>
      <Form name="proof" form={form} layout="vertical" requiredMark={false} onFinish={prove}>
        <Form.Item
          name="password"
          label={t('profile.old')}
          rules={[{ required: true, message: t('form.missing') }]}
        >
          <Input.Password autoFocus autoComplete="current-password" />
        </Form.Item>
      </Form>
    </Modal>
  )
}
