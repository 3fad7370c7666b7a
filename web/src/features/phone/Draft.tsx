import { Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMe } from '~/lib/me'
import { draft, draftOf } from '~/lib/wrapUp'

/** What one writes while one talks; it waits for the end of the call. */
export function Draft({ call }: { call: string }) {
  const { t } = useTranslation()
  const user = useMe().user_id ?? ''
  const [text, setText] = useState(() => draftOf(user, call).text)
  return (
    <Input.TextArea
      autoFocus
      value={text}
      autoSize={{ minRows: 2, maxRows: 6 }}
      maxLength={4000}
      placeholder={t('phone.noteHint')}
      aria-label={t('phone.note')}
      onChange={(event) => {
        setText(event.target.value)
        draft(user, call, { text: event.target.value })
      }}
    />
  )
}
