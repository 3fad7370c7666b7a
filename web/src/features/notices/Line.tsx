import {
  DisconnectOutlined,
  LinkOutlined,
  PhoneFilled,
  StopOutlined,
  WarningOutlined,
} from '@ant-design/icons'
import { Link } from '@tanstack/react-router'
import { Button } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useDialler } from '~/lib/dialling'
import { useMe } from '~/lib/me'
import { useNames } from '~/lib/names'
import { formatPhone } from '~/lib/phone'
import { when } from '~/lib/time'
import type { Notice } from './notices'

const ICONS: Record<Notice['kind'], ReactNode> = {
  missed: <PhoneFilled />,
  trunk_down: <DisconnectOutlined />,
  trunk_up: <LinkOutlined />,
  recording: <WarningOutlined />,
  limit: <StopOutlined />,
}

/** One notice: what happened, when, and the way to it. */
export function Line({ notice, fresh, onGo }: { notice: Notice; fresh: boolean; onGo: () => void }) {
  const { t } = useTranslation()
  const { country } = useMe()
  const names = useNames()
  const { what, more } = words()
  const dial = useDialler()
  return (
    <li className={`notice notice-${notice.kind}${fresh ? ' fresh' : ''}`}>
      <span className="notice-icon" aria-hidden="true">
        {ICONS[notice.kind]}
      </span>
      <Link {...(placeOf(notice) as { to: '/' })} onClick={onGo}>
        <strong>{what}</strong>
        <span className="muted">
          {more !== '' && `${more} · `}
          <time className="num">{when(notice.at)}</time>
        </span>
        {fresh && <span className="sr">{t('notices.fresh')}</span>}
      </Link>
      {dial && notice.kind === 'missed' && notice.number !== '' && (
        <Button size="small" onClick={() => dial(notice.number)}>
          {t('notices.callBack')}
        </Button>
      )}
    </li>
  )

  function words(): { what: string; more: string } {
    switch (notice.kind) {
      case 'missed': {
        const number = formatPhone(notice.number, country) || t('notices.hidden')
        const more = notice.hotline ? names.of(notice.hotline) : t(`status.${notice.status}`)
        return { what: t('notices.missed', { number }), more }
      }
      case 'recording':
        return { what: t('notices.recording'), more: t('notices.recordingWhy') }
      case 'limit':
        return { what: t('notices.limit', { extension: notice.extension }), more: '' }
      default:
        return { what: t(`notices.${notice.kind}`, { name: notice.name }), more: '' }
    }
  }
}

function placeOf(notice: Notice) {
  switch (notice.kind) {
    case 'missed':
    case 'recording':
      return { to: '/calls/$id', params: { id: notice.call } }
    case 'limit':
      return { to: '/company' }
    default:
      return { to: '/trunks', search: { open: notice.trunk } }
  }
}
