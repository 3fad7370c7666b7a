import { useQuery } from '@tanstack/react-query'
import { App, Button, Input, Radio } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { dispositionsQuery } from '~/api/lists'
import { useMe } from '~/lib/me'
import { formatPhone } from '~/lib/phone'
import { problemText } from '~/lib/problem'
import { length } from '~/lib/time'
import { draft, draftOf, forget, send } from '~/lib/wrapUp'
import type { Over } from './state'

/** After a talk: what came of it, and a note. What is chosen is sent even when the next call comes first. */
export function AfterCall({ over, call, onClose }: { over: Over; call: string; onClose: () => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const me = useMe()
  const user = me.user_id ?? ''
  const options = (useQuery(dispositionsQuery).data ?? []).filter(({ retired }) => !retired)
  const [written, setWritten] = useState(() => draftOf(user, call))
  const latest = useRef(written)
  latest.current = written
  const put = (part: Partial<typeof written>) => setWritten(draft(user, call, part))
  const save = () => {
    draft(user, call, { done: true })
    send(user, call).catch((error) => void message.error(problemText(error, t)))
  }
  const keep = useRef(save)
  keep.current = save
  const left = useRef(false)
  useEffect(
    () => () => {
      // The next call took its place: what was chosen counts.
      if (!left.current && latest.current.disposition) keep.current()
    },
    [],
  )
  const done = (kept: boolean) => {
    left.current = true
    if (kept) save()
    else forget(user, call)
    onClose()
  }
  return (
    <form
      className="phone-after"
      aria-label={t('phone.after')}
      onSubmit={(event) => {
        event.preventDefault()
        done(true)
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) done(true)
      }}
    >
      <h2>{t('phone.after')}</h2>
      <p className="muted num">
        {formatPhone(over.number, me.country)} · {length(over.talkMs)}
      </p>
      {options.length > 0 && (
        <Radio.Group
          className="phone-dispositions"
          value={written.disposition}
          aria-label={t('phone.disposition')}
          options={options.map(({ id, name }) => ({ value: id, label: name }))}
          onChange={({ target }) => put({ disposition: target.value as string })}
        />
      )}
      <Input.TextArea
        value={written.text}
        autoSize={{ minRows: 2, maxRows: 8 }}
        maxLength={4000}
        placeholder={t('phone.noteHint')}
        aria-label={t('phone.note')}
        onChange={({ target }) => put({ text: target.value })}
      />
      <div className="row between">
        <Button
          type="primary"
          htmlType="submit"
          disabled={!written.disposition && written.text.trim() === ''}
        >
          {t('form.save')}
        </Button>
        <Button type="text" onClick={() => done(false)}>
          {t('phone.skip')}
        </Button>
      </div>
    </form>
  )
}
