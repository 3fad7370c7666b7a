import { useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useRouter, useSearch } from '@tanstack/react-router'
import { Alert, Button, Form, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client, Problem, unwrap } from '~/api/client'
import { meQuery } from '~/lib/me'
import { problemText } from '~/lib/problem'
import { Gate } from './Gate'

interface Credentials {
  login: string
  password: string
  code?: string
}

export function Login() {
  const { t } = useTranslation()
  return (
    <Gate>
      <LoginForm />
      <p style={{ textAlign: 'center', marginTop: 20 }}>
        <Link to="/forgotten">{t('access.forgot')}</Link>
      </p>
    </Gate>
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
  const [asked, setAsked] = useState(false)
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
      if (problem instanceof Problem && problem.code === 'code_needed') setAsked(true)
      else setError(problem)
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
      {asked && (
        <Form.Item
          name="code"
          label={t('factor.code')}
          extra={t('factor.codeHelp')}
          rules={[{ required: true, message: t('form.missing') }]}
        >
          <Input autoFocus autoComplete="one-time-code" size="large" maxLength={40} />
        </Form.Item>
      )}
      <Button type="primary" htmlType="submit" size="large" block loading={busy}>
        {t('login.enter')}
      </Button>
    </Form>
  )
}
