import { DeleteOutlined } from '@ant-design/icons'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, Checkbox, Input } from 'antd'
import { type RefObject, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client, type Schema, unwrap } from '~/api/client'
import { useMay, useMe } from '~/lib/me'
import { problemText } from '~/lib/problem'
import { length, when } from '~/lib/time'
import { Failed } from '~/ui/Failed'
import type { Place } from '../player/place'
import { commentsQuery } from '../queries'

type Remark = Schema['CallRemark']

interface Props {
  id: string
  /** The place in the recording, when there is one. */
  place?: RefObject<Place | null> | undefined
}

/** What people say about a call, with the place in the recording that they mean. */
export function Comments({ id, place }: Props) {
  const { t } = useTranslation()
  const { data, error, refetch } = useQuery(commentsQuery(id))
  return (
    <section className="card pad" aria-label={t('written.comments')}>
      <h2>{t('written.comments')}</h2>
      {error && !data ? (
        <Failed error={error} retry={refetch} />
      ) : (
        <ul className="remarks">
          {data?.map((remark) => (
            <Line key={remark.id} call={id} remark={remark} place={place} />
          ))}
        </ul>
      )}
      <Say id={id} place={place} />
    </section>
  )
}

function Line({ call, remark, place }: { call: string; remark: Remark; place: Props['place'] }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const queries = useQueryClient()
  const me = useMe()
  const maySupervise = useMay('supervise')
  const { at_ms: at } = remark
  const remove = () =>
    unwrap(
      client.DELETE('/api/v1/calls/{call_id}/comments/{comment_id}', {
        params: { path: { call_id: call, comment_id: remark.id } },
      }),
    ).then(
      () => queries.invalidateQueries({ queryKey: ['calls', 'comments', call] }),
      (error) => void message.error(problemText(error, t)),
    )
  return (
    <li>
      <div className="row between">
        <span>
          <strong>{remark.author_name ?? t('written.program')}</strong>{' '}
          <time className="muted num">{when(remark.created_at)}</time>
        </span>
        {(maySupervise || (remark.author && remark.author === me.user_id)) && (
          <Button
            type="text"
            size="small"
            icon={<DeleteOutlined />}
            aria-label={t('written.takeBack')}
            onClick={() => void remove()}
          />
        )}
      </div>
      <p className="remark-body">
        {at !== null && at !== undefined && (
          <Button
            type="link"
            size="small"
            className="num"
            disabled={!place}
            aria-label={t('written.hear', { at: length(at) })}
            onClick={() => place?.current?.seek(at / 1000)}
          >
            {length(at)}
          </Button>
        )}
        {remark.body}
      </p>
    </li>
  )
}

function Say({ id, place }: Props) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const queries = useQueryClient()
  const [text, setText] = useState('')
  const [here, setHere] = useState(false)
  const [busy, setBusy] = useState(false)
  const say = async () => {
    setBusy(true)
    try {
      const at_ms = here && place?.current ? Math.round(place.current.at * 1000) : null
      const params = { path: { call_id: id } }
      await unwrap(client.POST('/api/v1/calls/{call_id}/comments', { params, body: { body: text, at_ms } }))
      setText('')
      setHere(false)
      await queries.invalidateQueries({ queryKey: ['calls', 'comments', id] })
    } catch (error) {
      void message.error(problemText(error, t))
    } finally {
      setBusy(false)
    }
  }
  return (
    <div className="stack">
      <Input.TextArea
        value={text}
        autoSize={{ minRows: 2, maxRows: 8 }}
        maxLength={4000}
        placeholder={t('written.say')}
        aria-label={t('written.say')}
        onChange={(event) => setText(event.target.value)}
      />
      <div className="row between">
        {place ? (
          <Checkbox checked={here} onChange={({ target }) => setHere(target.checked)}>
            {t('written.here')}
          </Checkbox>
        ) : (
          <span />
        )}
        <Button disabled={text.trim() === ''} loading={busy} onClick={() => void say()}>
          {t('written.send')}
        </Button>
      </div>
    </div>
  )
}
