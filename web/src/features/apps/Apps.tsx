import { ChromeOutlined, DesktopOutlined, DownloadOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { installed, useInstall } from '~/lib/app/install'
import { Copy } from '~/ui/Copy'
import { Page } from '~/ui/Page'
import './apps.css'

/** Alo outside of this tab: as an app of its own, and beside every page of the browser. */
export function Apps() {
  const { t } = useTranslation()
  return (
    <Page title={t('apps.title')} about={t('apps.about')}>
      <div className="apps">
        <OwnWindow />
        <Extension />
      </div>
    </Page>
  )
}

function OwnWindow() {
  const { t } = useTranslation()
  const install = useInstall()
  return (
    <Card icon={<DesktopOutlined />} title={t('apps.window')} why={t('apps.windowWhy')}>
      {installed() ? (
        <p className="muted">{t('apps.installed')}</p>
      ) : install ? (
        <Button type="primary" icon={<DownloadOutlined />} onClick={install}>
          {t('apps.install')}
        </Button>
      ) : (
        <p className="muted">{t('apps.byHand')}</p>
      )}
    </Card>
  )
}

function Extension() {
  const { t } = useTranslation()
  return (
    <Card icon={<ChromeOutlined />} title={t('apps.extension')} why={t('apps.extensionWhy')}>
      <Button type="primary" icon={<DownloadOutlined />} href="/alo-extension.zip" download>
        {t('apps.download')}
      </Button>
      <ol>
        <li>{t('apps.step1')}</li>
        <li>{t('apps.step2')}</li>
        <li>{t('apps.step3')}</li>
        <li>{t('apps.step4')}</li>
      </ol>
      <p className="muted">{t('apps.server')}</p>
      <Copy text={location.origin} label={t('apps.server')} />
    </Card>
  )
}

function Card(props: { icon: ReactNode; title: string; why: string; children: ReactNode }) {
  return (
    <section className="card pad">
      <div className="app-icon" aria-hidden="true">
        {props.icon}
      </div>
      <h2>{props.title}</h2>
      <p className="muted">{props.why}</p>
      {props.children}
    </section>
  )
}
