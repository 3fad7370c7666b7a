import { Link } from '@tanstack/react-router'
import { Alert, Button, Form, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client, unwrap } from '~/api/client'
import { languageOf } from '~/lib/i18n'
import { problemText } from '~/lib/problem'
import { Gate } from './Gate'

/** For who forgot the password: a mail with a link, where this server sends mail. */
export function Forgotten() {
  const { t, i18n } = useTranslation()
  const [error, setError] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  const [sent, setSent] = useState(false)
  const ask = async ({ login }: { login: string }) => {
    setBusy(true)
    setError(null)
    try {
      const body = { login: login.trim(), language: languageOf(i18n.language) }
      await unwrap(client.POST('/api/v1/password-links', { body }))
      setSent(true)
    } catch (problem) {
      setError(problem)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Gate>
      <h2>{t('access.forgotTitle')}</h2>
      {error !== null && (
        <Alert type="warning" showIcon title={problemText(error, t)} style={{ marginBottom: 16 }} />
      )}
      {sent ? (
        <Alert
          type="success"
          showIcon
          title={t('access.sent')}
          description={t('access.sentAbout')}
          style={{ marginBottom: 16 }}
        />
      ) : (
        <Form layout="vertical" requiredMark={false} onFinish={ask}>
          <p className="muted">{t('access.forgotAbout')}</p>
          <Form.Item
            name="login"
            label={t('access.loginOrMail')}
            rules={[{ required: true, whitespace: true, message: t('login.loginMissing') }]}
          >
            <Input autoFocus autoComplete="username" size="large" />
          </Form.Item>
          <Button type="primary" htmlType="submit" size="large" block loading={busy}>
            {t('access.send')}
          </Button>
        </Form>
      )}
      <p style={{ textAlign: 'center', marginTop: 20 }}>
        <Link to="/login" search={{}}>
          {t('access.back')}
        </Link>
      </p>
    </Gate>
  )
}
