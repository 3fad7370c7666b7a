import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { App, Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client, unwrap } from '~/api/client'
import { meQuery } from '~/lib/me'
import { problemText } from '~/lib/problem'

/** The other way to accept an invitation: with the account that one has already. */
export function Join({ token, company }: { token: string; company: string }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const navigate = useNavigate()
  const me = useQuery(meQuery).data
  const [busy, setBusy] = useState(false)
  const join = async () => {
    setBusy(true)
    try {
      await unwrap(client.POST('/api/v1/password-links/join', { body: { token } }))
      message.success(t('join.done', { company }))
      await navigate({ to: '/me' })
    } catch (error) {
      message.error(problemText(error, t))
    } finally {
      setBusy(false)
    }
  }
  return (
    <section style={{ marginTop: 28 }}>
      <h3>{t('join.title')}</h3>
      {me?.user_id ? (
        <>
          <p className="muted">{t('join.about', { login: me.login, company })}</p>
          <Button block loading={busy} onClick={join} style={{ marginTop: 10 }}>
            {t('join.join', { company })}
          </Button>
        </>
      ) : (
        <p>
          <Link to="/login" search={{ back: `/password#${token}` }}>
            {t('join.logIn')}
          </Link>
        </p>
      )}
    </section>
  )
}
