import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { Alert, App, Button, Form, Skeleton } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client, unwrap } from '~/api/client'
import { problemText } from '~/lib/problem'
import { showProblem } from '~/ui/form'
import { Gate } from './Gate'
import { Join } from './Join'
import { NewPasswordFields } from './NewPasswordFields'

/** Where a mailed link leads. Its secret stands behind `#`, which no server and no log sees. */
export function ChoosePassword() {
  const { t } = useTranslation()
  const [token] = useState(() => window.location.hash.slice(1))
  const shown = useQuery({
    queryKey: ['password-link', token],
    queryFn: () => unwrap(client.POST('/api/v1/password-links/show', { body: { token } })),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  })
  return (
    <Gate>
      {shown.isPending && <Skeleton active />}
      {shown.isError && (
        <>
          <h2>{t('access.linkTitle')}</h2>
          <Alert
            type="warning"
            showIcon
            title={problemText(shown.error, t)}
            description={t('access.linkAbout')}
            style={{ marginBottom: 16 }}
          />
          <p style={{ textAlign: 'center' }}>
            <Link to="/login" search={{}}>
              {t('access.back')}
            </Link>
          </p>
        </>
      )}
      {shown.data && <Choose token={token} {...shown.data} />}
      {shown.data?.purpose === 'invitation' && <Join token={token} company={shown.data.company_name} />}
    </Gate>
  )
}

interface Filled {
  password: string
}

function Choose(link: { token: string; purpose: string; login: string; name: string; company_name: string }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const navigate = useNavigate()
  const [form] = Form.useForm<Filled>()
  const [busy, setBusy] = useState(false)
  const choose = async ({ password }: Filled) => {
    setBusy(true)
    try {
      await unwrap(client.POST('/api/v1/password-links/use', { body: { token: link.token, password } }))
      message.success(t('access.chosen'))
      await navigate({ to: '/login', search: {} })
    } catch (error) {
      showProblem(error, form, message, t)
    } finally {
      setBusy(false)
    }
  }
  const invited = link.purpose === 'invitation'
  return (
    <Form form={form} layout="vertical" requiredMark={false} onFinish={choose}>
      <h2>{invited ? t('access.welcome', { company: link.company_name }) : t('access.newTitle')}</h2>
      <p className="muted">
        {t(invited ? 'access.welcomeAbout' : 'access.newAbout', { name: link.name || link.login })}
      </p>
      <p>
        {t('login.login')}: <strong>{link.login}</strong>
      </p>
      {/* So that the browser keeps the password under the right name. */}
      <input
        type="text"
        autoComplete="username"
        value={link.login}
        readOnly
        hidden
        aria-label={t('login.login')}
      />
      <NewPasswordFields />
      <Button type="primary" htmlType="submit" size="large" block loading={busy}>
        {t('access.choose')}
      </Button>
    </Form>
  )
}
