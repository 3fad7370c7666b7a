import { SwapOutlined } from '@ant-design/icons'
import { App, Button } from 'antd'
import type { RefObject } from 'react'
import { useTranslation } from 'react-i18next'
import { useMe } from '~/lib/me'
import { formatPhone } from '~/lib/phone'
import type { PhoneLine } from './line'
import type { PhoneCall } from './state'

interface Props {
  waiting: PhoneCall
  asked: PhoneCall
  line: RefObject<PhoneLine | null>
}

/** The one who waits while one asks somebody else, and the button that puts the two together. */
export function Waiting({ waiting, asked, line }: Props) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const { country } = useMe()
  const join = async () => {
    if (!(await line.current?.join())) void message.error(t('phone.notTransferred'))
  }
  return (
    <div className="phone-waiting">
      <span>{t('phone.waits', { number: formatPhone(waiting.number, country) })}</span>
      {asked.state === 'talking' && (
        <Button
          type="primary"
          icon={<SwapOutlined />}
          loading={waiting.transferring}
          onClick={() => void join()}
        >
          {t('phone.join')}
        </Button>
      )}
      <span className="muted">{t('phone.backHint')}</span>
    </div>
  )
}
