import { PhoneOutlined, SwapOutlined, TeamOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { App, AutoComplete, Button } from 'antd'
import { type RefObject, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client, unwrap } from '~/api/client'
import { extensionsQuery } from '~/api/lists'
import { useMe } from '~/lib/me'
import { extensionName } from '~/lib/names'
import { dialable, fold } from '~/lib/phone'
import { problemText } from '~/lib/problem'
import type { PhoneLine } from './line'

interface Props {
  line: RefObject<PhoneLine | null>
  /** The server's id of the call; without it nobody can be brought in. */
  call: string | null
  onDone: () => void
}

/** Somebody else: hand the call over, ask them first, or bring them in. */
export default function Third({ line, call, onDone }: Props) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const person = useMe().user_id
  const colleagues = useQuery(extensionsQuery).data ?? []
  const [text, setText] = useState('')
  const [busy, setBusy] = useState(false)
  const number = dialable(text)
  const options = colleagues
    .filter((one) => one.enabled && one.user !== person)
    .map((one) => ({ value: one.number, label: extensionName(one) }))
  const run = async (work: () => Promise<unknown>) => {
    if (number === '' || busy) return
    setBusy(true)
    try {
      await work()
      onDone()
    } catch (error) {
      void message.error(problemText(error, t))
    } finally {
      setBusy(false)
    }
  }
  const transfer = () =>
    run(async () => {
      if (!(await line.current?.transfer(number))) void message.error(t('phone.notTransferred'))
    })
  const bring = () =>
    run(async () => {
      if (!call) return
      const params = { path: { call_id: call } }
      await unwrap(client.POST('/api/v1/calls/{call_id}/parties', { params, body: { to: number } }))
      void message.info(t('phone.bringing', { number }))
    })
  return (
    <div className="phone-third">
      <AutoComplete
        autoFocus
        value={text}
        options={options}
        showSearch={{ filterOption: (typed, option) => fold(option?.label ?? '').includes(fold(typed)) }}
        onChange={setText}
        onKeyDown={(event) => event.key === 'Escape' && onDone()}
        placeholder={t('phone.thirdHint')}
        aria-label={t('phone.thirdHint')}
      />
      <Button icon={<SwapOutlined />} disabled={number === '' || busy} onClick={() => void transfer()}>
        {t('phone.transfer')}
      </Button>
      <Button
        icon={<PhoneOutlined />}
        disabled={number === '' || busy}
        onClick={() => {
          line.current?.consult(number)
          onDone()
        }}
      >
        {t('phone.ask')}
      </Button>
      <Button icon={<TeamOutlined />} disabled={number === '' || busy || !call} onClick={() => void bring()}>
        {t('phone.bring')}
      </Button>
    </div>
  )
}
