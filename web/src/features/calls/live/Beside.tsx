import { CustomerServiceOutlined, TeamOutlined } from '@ant-design/icons'
import { useTranslation } from 'react-i18next'
import type { LiveCall } from '~/lib/live/board'
import { useNames } from '~/lib/names'

/** Who takes part beside the two who talk, and how. */
export function Beside({ call }: { call: LiveCall }) {
  const { t } = useTranslation()
  const names = useNames()
  if (call.others.length === 0) return null
  return (
    <ul className="live-beside" aria-label={t('supervise.beside')}>
      {call.others.map((one) => {
        const name =
          (one.extension && (names.extensionByNumber(one.extension)?.name ?? one.extension)) ||
          t('phone.outsider')
        return (
          <li key={one.leg}>
            <span aria-hidden="true">
              {one.role === 'party' ? <TeamOutlined /> : <CustomerServiceOutlined />}
            </span>{' '}
            {name}
            {' · '}
            {t(one.role === 'party' ? 'supervise.party' : `supervise.${one.mode ?? 'listen'}`)}
          </li>
        )
      })}
    </ul>
  )
}
