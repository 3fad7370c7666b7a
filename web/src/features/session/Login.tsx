import { useQueryClient } from '@tanstack/react-query'
import { useNavigate, useRouter, useSearch } from '@tanstack/react-router'
import { Alert, Button, Form, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client, unwrap } from '~/api/client'
import { LookButton, TongueButton } from '~/app/Choices'
import { meQuery } from '~/lib/me'
import { problemText } from '~/lib/problem'
import { Art } from './Art'

interface Credentials {
  login: string
  password: string
}

export function Login() {
  const { t } = useTranslation()
  return (
    <div className="gate">
      <Art />
      <main className="gate-form">
        <div className="gate-box">
          <LoginForm />
          <div className="gate-foot">
            <TongueButton />
            <LookButton />
          </div>
          <p className="muted" style={{ textAlign: 'center' }}>
            {t('login.forgot')}
          </p>
        </div>
      </main>
    </div>
  )
}

function LoginForm() {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const router = useRouter()
  const { back } = useSearch({ from: '/login' })
  const [error, setError] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  const enter = async (credentials: Credentials) => {
    setBusy(true)
    setError(null)
    try {
      // The session goes into a cookie that no script can read.
      await unwrap(client.POST('/api/v1/session', { body: { ...credentials, cookie: true } }))
      queries.clear()
      await queries.fetchQuery(meQuery)
      if (back) router.history.push(back)
      else await navigate({ to: '/' })
    } catch (problem) {
      setError(problem)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Form<Credentials> layout="vertical" requiredMark={false} onFinish={enter}>
      <h2>{t('login.title')}</h2>
      {error !== null && (
        <Alert type="error" showIcon title={problemText(error, t)} style={{ marginBottom: 16 }} />
      )}
      <Form.Item
        name="login"
        label={t('login.login')}
        rules={[{ required: true, message: t('login.loginMissing') }]}
      >
        <Input autoFocus autoComplete="username" size="large" />
      </Form.Item>
      <Form.Item
        name="password"
        label={t('login.password')}
        rules={[{ required: true, message: t('login.passwordMissing') }]}
      >
        <Input.Password autoComplete="current-password" size="large" />
      </Form.Item>
      <Button type="primary" htmlType="submit" size="large" block loading={busy}>
        {t('login.enter')}
      </Button>
    </Form>
  )
}
