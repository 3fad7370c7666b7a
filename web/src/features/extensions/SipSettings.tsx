import { EyeOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { App, Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client, type Schema, unwrap } from '~/api/client'
import { presenceQuery } from '~/api/lists'
import { useMay, useMe } from '~/lib/me'
import { problemText } from '~/lib/problem'
import { Copy } from '~/ui/Copy'
import { Dot } from '~/ui/Dot'
import { Qr } from '~/ui/Qr'

type Extension = Schema['Extension']

/** What a phone is set up with, and the phones that are. */
export function SipSettings({ extension }: { extension: Extension }) {
  const { t } = useTranslation()
  const { domain } = useMe()
  const mayEdit = useMay('edit_config')
  const server = location.hostname
  return (
    <section className="stack" style={{ marginTop: 8 }}>
      <h3>{t('sip.title')}</h3>
      <p className="muted">{t('sip.about')}</p>
      <dl className="facts">
        <dt>{t('sip.user')}</dt>
        <dd>
          <Copy text={extension.number} label={t('sip.user')} />
        </dd>
        <dt>{t('sip.domain')}</dt>
        <dd>
          <Copy text={domain} label={t('sip.domain')} />
        </dd>
        <dt>{t('sip.server')}</dt>
        <dd>
          <Copy text={server} label={t('sip.server')} />
        </dd>
        {mayEdit && <Secret extension={extension} domain={domain} server={server} />}
      </dl>
      <Registered id={extension.id} />
    </section>
  )
}

/** The password, asked for only when wanted, and the code that phones read. */
function Secret({ extension, domain, server }: { extension: Extension; domain: string; server: string }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const [password, setPassword] = useState<string | null>(null)
  const show = () => {
    const params = { path: { extension_id: extension.id } }
    unwrap(client.GET('/api/v1/extensions/{extension_id}/password', { params }))
      .then((answer) => setPassword(answer.password))
      .catch((error) => message.error(problemText(error, t)))
  }
  return (
    <>
      <dt>{t('sip.password')}</dt>
      <dd>
        {password === null ? (
          <Button size="small" icon={<EyeOutlined />} onClick={show}>
            {t('sip.show')}
          </Button>
        ) : (
          <Copy text={password} label={t('sip.password')} />
        )}
      </dd>
      {password !== null && (
        <>
          <dt>{t('sip.qr')}</dt>
          <dd>
            <Qr
              text={provisioning(extension.number, password, domain, server)}
              label={t('sip.qr')}
              size={148}
            />
            <p className="muted">{t('sip.qrAbout')}</p>
          </dd>
        </>
      )}
    </>
  )
}

/** A SIP address with its secret, as phones that read codes take it. */
function provisioning(user: string, password: string, domain: string, server: string): string {
  return `sip:${user}:${encodeURIComponent(password)}@${domain};proxy=${server}`
}

function Registered({ id }: { id: string }) {
  const { t } = useTranslation()
  const phones = useQuery(presenceQuery).data?.phones.filter((phone) => phone.extension === id)
  if (!phones) return null
  if (phones.length === 0) return <Dot tone="quiet">{t('sip.nobody')}</Dot>
  return (
    <ul className="plain">
      {phones.map((phone) => (
        <li key={phone.address}>
          <Dot tone="good">{phone.user_agent || t('sip.unnamed')}</Dot>
          <span className="muted">
            {phone.transport.toUpperCase()} · {phone.address} ·{' '}
            {t('sip.left', { count: Math.round(phone.expires_in_ms / 1000) })}
          </span>
        </li>
      ))}
    </ul>
  )
}
