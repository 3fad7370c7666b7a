import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { App, Button, Form, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client, unwrap } from '~/api/client'
import { useMe } from '~/lib/me'
import { showProblem } from '~/ui/form'
import { Page } from '~/ui/Page'

interface Passwords {
  old_password: string
  password: string
  again: string
}

/** One's own account: who one is, and the password. */
export function Profile() {
  const { t } = useTranslation()
  const me = useMe()
  return (
    <Page title={t('profile.title')} about={t('profile.about')}>
      <section className="card pad" style={{ maxWidth: 620 }}>
        <dl className="facts">
          <dt>{t('people.name')}</dt>
          <dd>{me.name || '–'}</dd>
          <dt>{t('login.login')}</dt>
          <dd>{me.login}</dd>
          <dt>{t('people.role')}</dt>
          <dd>{t(`role.${me.role}`)}</dd>
          <dt>{t('company.one')}</dt>
          <dd>{me.company_name}</dd>
        </dl>
      </section>
      {me.user_id && <PasswordForm user={me.user_id} />}
    </Page>
  )
}

function PasswordForm({ user }: { user: string }) {
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
  const long = { min: 10, max: 128, message: t('people.passwordRule') }
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
        <Form.Item
          name="password"
          label={t('profile.new')}
          rules={[{ required: true, message: t('form.missing') }, long]}
        >
          <Input.Password autoComplete="new-password" />
        </Form.Item>
        <Form.Item
          name="again"
          label={t('profile.again')}
          dependencies={['password']}
          rules={[
            ({ getFieldValue }) => ({
              validator: (_, value) =>
                value === getFieldValue('password')
                  ? Promise.resolve()
                  : Promise.reject(new Error(t('profile.differs'))),
            }),
          ]}
        >
          <Input.Password autoComplete="new-password" />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={busy}>
          {t('profile.change')}
        </Button>
      </Form>
    </section>
  )
}
