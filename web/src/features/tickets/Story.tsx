import { DeleteOutlined } from '@ant-design/icons'
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, Input, Skeleton } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client, unwrap } from '~/api/client'
import { useMay } from '~/lib/me'
import { problemText } from '~/lib/problem'
import { when, whenFull } from '~/lib/time'
import { type Entry, storyQuery, ticketsChanged } from './queries'

/** The story of a ticket: what was written and what was changed, the newest first, and the place to write more. */
export function Story({ id }: { id: string }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const queries = useQueryClient()
  const mayEdit = useMay('edit_contacts')
  const { data, fetchNextPage, hasNextPage, isFetchingNextPage } = useInfiniteQuery(storyQuery(id))
  const entries = data?.pages.flatMap(({ items }) => items)
  const [text, setText] = useState('')
  const run = async (work: Promise<unknown>) => {
    try {
      await work
      await ticketsChanged(queries)
      return true
    } catch (error) {
      message.error(problemText(error, t))
      return false
    }
  }
  const params = { path: { ticket_id: id } }
  const add = async () => {
    const body = { body: text }
    if (await run(unwrap(client.POST('/api/v1/tickets/{ticket_id}/notes', { params, body })))) setText('')
  }
  const drop = (entry: string) => {
    const path = { ticket_id: id, entry_id: entry }
    return run(unwrap(client.DELETE('/api/v1/tickets/{ticket_id}/notes/{entry_id}', { params: { path } })))
  }
  return (
    <section className="card pad">
      <h2 style={{ marginBottom: 12 }}>{t('tickets.story')}</h2>
      {mayEdit && (
        <div className="stack note-new">
          <Input.TextArea
            value={text}
            autoSize={{ minRows: 2, maxRows: 8 }}
            maxLength={10_000}
            placeholder={t('tickets.noteNew')}
            aria-label={t('tickets.noteNew')}
            onChange={(event) => setText(event.target.value)}
          />
          {text.trim() !== '' && (
            <div>
              <Button type="primary" onClick={() => void add()}>
                {t('tickets.noteAdd')}
              </Button>
            </div>
          )}
        </div>
      )}
      {!entries ? (
        <Skeleton active title={false} />
      ) : entries.length === 0 ? (
        <p className="muted">{t('tickets.noStory')}</p>
      ) : (
        <ul className="notes">
          {entries.map((entry) => (
            <li key={entry.id}>
              <div className="row between muted">
                <span>
                  {entry.author_name || t('tickets.program')} ·{' '}
                  <time className="num" title={whenFull(entry.created_at)}>
                    {when(entry.created_at)}
                  </time>
                </span>
                {mayEdit && entry.kind === 'note' && (
                  <Button
                    type="text"
                    size="small"
                    icon={<DeleteOutlined />}
                    aria-label={t('tickets.noteDrop')}
                    onClick={() => void drop(entry.id)}
                  />
                )}
              </div>
              {entry.kind === 'note' ? <p className="pre">{entry.body}</p> : <Change entry={entry} />}
            </li>
          ))}
        </ul>
      )}
      {hasNextPage && (
        <Button type="link" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t('tickets.earlier')}
        </Button>
      )}
    </section>
  )
}

/** One change in words: what, from what, to what. */
function Change({ entry }: { entry: Entry }) {
  const { t } = useTranslation()
  const said = (value: string) => {
    if (value === '') return t('tickets.nothing')
    if (entry.field === 'status') return t(`tickets.status_${value}`)
    if (entry.field === 'priority') return t(`tickets.priority_${value}`)
    return entry.field === 'due_at' ? when(Number(value)) : value
  }
  const field = t(`tickets.field_${entry.field}`)
  if (entry.field === 'description') return <p>{t('tickets.changed', { field })}</p>
  return (
    <p>
      {field}: <span className="muted">{said(entry.before)}</span> → {said(entry.after)}
    </p>
  )
}
