import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { App, Button, Form, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client, unwrap } from '~/api/client'
import { showProblem } from '~/ui/form'
import { NewPasswordFields } from './NewPasswordFields'

interface Passwords {
  old_password: string
  password: string
}

/** Changes one's own password; all sessions end with it. */
export function PasswordForm({ user }: { user: string }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const [form] = Form.useForm<Passwords>()
  const [busy, setBusy] = useState(false)
  const queries = useQueryClient()
  const navigate = useNavigate()
  const change = async ({ old_password, password }: Passwords) => {
    setBusy(true)
    try {
      const params = { path: { user_id: user } }
      await unwrap(
        client.POST('/api/v1/users/{user_id}/password', { params, body: { old_password, password } }),
      )
      message.success(t('profile.changed'))
      await navigate({ to: '/login', search: {} })
      queries.clear()
    } catch (error) {
      showProblem(error, form, message, t)
    } finally {
      setBusy(false)
    }
  }
  return (
    <section className="card pad" style={{ maxWidth: 620 }}>
      <h2 style={{ marginBottom: 4 }}>{t('profile.password')}</h2>
      <p className="muted" style={{ marginBottom: 16 }}>
        {t('profile.passwordAbout')}
      </p>
      <Form form={form} layout="vertical" requiredMark={false} onFinish={change} style={{ maxWidth: 360 }}>
        <Form.Item
          name="old_password"
          label={t('profile.old')}
          rules={[{ required: true, message: t('form.missing') }]}
        >
          <Input.Password autoComplete="current-password" />
        </Form.Item>
        <NewPasswordFields />
        <Button type="primary" htmlType="submit" loading={busy}>
          {t('profile.change')}
        </Button>
      </Form>
    </section>
  )
}
