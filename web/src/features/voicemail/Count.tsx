import { MailOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Badge } from 'antd'
import { useTranslation } from 'react-i18next'
import { MANY, newQuery } from './queries'
import { useOwnExtension } from './useOwnExtension'

/** How many messages wait in one's own mailbox; nothing for who has no phone. */
export function Count() {
  const { t } = useTranslation()
  const own = useOwnExtension()
  const count = useQuery(newQuery(own?.id)).data ?? 0
  if (!own) return null
  return (
    <Link to="/voicemail" className="mail-count" aria-label={t('voicemail.open', { count })}>
      <Badge count={count} size="small" overflowCount={MANY}>
        <MailOutlined />
      </Badge>
    </Link>
  )
}
