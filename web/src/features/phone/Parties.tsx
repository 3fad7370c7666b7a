import { CloseOutlined, TeamOutlined } from '@ant-design/icons'
import { App, Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { client, type Schema, unwrap } from '~/api/client'
import { useNames } from '~/lib/names'
import { problemText } from '~/lib/problem'

/** Who was brought into the talk, each with the way to let them go. */
export function Parties({ own }: { own: Schema['LiveCall'] }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const names = useNames()
  const parties = own.others.filter((one) => one.as === 'party')
  if (parties.length === 0) return null
  const drop = (leg: number) =>
    unwrap(
      client.DELETE('/api/v1/calls/{call_id}/parties/{leg}', { params: { path: { call_id: own.id, leg } } }),
    ).catch((error) => void message.error(problemText(error, t)))
  return (
    <ul className="phone-parties" aria-label={t('phone.parties')}>
      {parties.map((one) => {
        const name = one.extension_id ? names.of(one.extension_id) : t('phone.outsider')
        return (
          <li key={one.leg}>
            <TeamOutlined aria-hidden="true" /> <span>{name}</span>
            <Button
              type="text"
              size="small"
              icon={<CloseOutlined />}
              aria-label={t('phone.letGo', { name })}
              onClick={() => void drop(one.leg)}
            />
          </li>
        )
      })}
    </ul>
  )
}
