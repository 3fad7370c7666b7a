import { DeleteOutlined } from '@ant-design/icons'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, Input, Skeleton } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client, unwrap } from '~/api/client'
import { usersQuery } from '~/api/lists'
import { useMay, useMe } from '~/lib/me'
import { problemText } from '~/lib/problem'
import { when } from '~/lib/time'
import { notesQuery } from './queries'

/** What people wrote about a contact, the newest first, and the place to write more. */
export function Notes({ id }: { id: string }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const queries = useQueryClient()
  const me = useMe()
  const [mayEdit, seesPeople] = [useMay('edit_contacts'), useMay('manage_users')]
  const people = useQuery({ ...usersQuery, enabled: seesPeople }).data ?? []
  const notes = useQuery(notesQuery(id)).data
  const [text, setText] = useState('')
  const run = async (work: Promise<unknown>) => {
    try {
      await work
      await queries.invalidateQueries({ queryKey: ['contacts', 'notes', id] })
      return true
    } catch (error) {
      message.error(problemText(error, t))
      return false
    }
  }
  const params = { path: { contact_id: id } }
  const add = async () => {
    const body = { body: text }
    if (await run(unwrap(client.POST('/api/v1/contacts/{contact_id}/notes', { params, body })))) setText('')
  }
  const drop = (note: string) =>
    run(
      unwrap(
        client.DELETE('/api/v1/contacts/{contact_id}/notes/{note_id}', {
          params: { path: { contact_id: id, note_id: note } },
        }),
      ),
    )
  const author = (user?: string | null) => {
    if (user === me.user_id) return t('contacts.me')
    const found = people.find((one) => one.id === user)
    return found ? found.name || found.login : t('contacts.colleague')
  }
  return (
    <section className="card pad">
      <h2 style={{ marginBottom: 12 }}>{t('contacts.notes')}</h2>
      {mayEdit && (
        <div className="stack note-new">
          <Input.TextArea
            value={text}
            autoSize={{ minRows: 2, maxRows: 8 }}
            maxLength={4000}
            placeholder={t('contacts.noteNew')}
            aria-label={t('contacts.noteNew')}
            onChange={(event) => setText(event.target.value)}
          />
          {text.trim() !== '' && (
            <div>
              <Button type="primary" onClick={() => void add()}>
                {t('contacts.noteAdd')}
              </Button>
            </div>
          )}
        </div>
      )}
      {!notes ? (
        <Skeleton active title={false} />
      ) : (
        <ul className="notes">
          {notes.map((note) => (
            <li key={note.id}>
              <div className="row between muted">
                <span>
                  {author(note.author)} · <time className="num">{when(note.created_at)}</time>
                </span>
                {mayEdit && (
                  <Button
                    type="text"
                    size="small"
                    icon={<DeleteOutlined />}
                    aria-label={t('contacts.noteDrop')}
                    onClick={() => void drop(note.id)}
                  />
                )}
              </div>
              <p className="pre">{note.body}</p>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
