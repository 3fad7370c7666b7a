import { useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, Input, Select, Tag } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client, type Schema, unwrap } from '~/api/client'
import { dispositionsQuery } from '~/api/lists'
import { problemText } from '~/lib/problem'
import { when } from '~/lib/time'

type WrapUp = Schema['CallWrapUp']

/** What came of the call, and the note of who talked. */
export function Written({ id, written }: { id: string; written: WrapUp | null | undefined }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const queries = useQueryClient()
  const known = useQuery(dispositionsQuery).data ?? []
  const [disposition, setDisposition] = useState(written?.disposition ?? null)
  const [text, setText] = useState(written?.text ?? '')
  const [busy, setBusy] = useState(false)
  useEffect(() => {
    setDisposition(written?.disposition ?? null)
    setText(written?.text ?? '')
  }, [written])
  const changed = disposition !== (written?.disposition ?? null) || text !== (written?.text ?? '')
  const save = async () => {
    setBusy(true)
    try {
      const params = { path: { call_id: id } }
      await unwrap(client.PATCH('/api/v1/calls/{call_id}/wrap-up', { params, body: { disposition, text } }))
      await queries.invalidateQueries({ queryKey: ['calls', 'one', id] })
      void message.success(t('form.saved'))
    } catch (error) {
      void message.error(problemText(error, t))
    } finally {
      setBusy(false)
    }
  }
  // One that is retired is shown where it stands, and chosen nowhere else.
  const options = known.filter((one) => !one.retired || one.id === written?.disposition)
  return (
    <section className="card pad stack written" aria-label={t('written.title')}>
      <h2>{t('written.title')}</h2>
      {(options.length > 0 || disposition) && (
        <Select
          allowClear
          value={disposition}
          options={options.map((one) => ({ value: one.id, label: one.name }))}
          placeholder={t('phone.disposition')}
          aria-label={t('phone.disposition')}
          onChange={(next?: string) => setDisposition(next ?? null)}
        />
      )}
      <Input.TextArea
        value={text}
        autoSize={{ minRows: 2, maxRows: 10 }}
        maxLength={4000}
        placeholder={t('phone.noteHint')}
        aria-label={t('phone.note')}
        onChange={(event) => setText(event.target.value)}
      />
      {written && written.tags.length > 0 && (
        <span>
          {written.tags.map((tag) => (
            <Tag key={tag}>{tag}</Tag>
          ))}
        </span>
      )}
      <div className="row between">
        <Button type="primary" disabled={!changed} loading={busy} onClick={() => void save()}>
          {t('form.save')}
        </Button>
        {written && <span className="muted num">{when(written.updated_at)}</span>}
      </div>
    </section>
  )
}
