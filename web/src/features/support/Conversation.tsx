import { SendOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { App, Button, Input, Skeleton } from 'antd'
import { type KeyboardEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client, type Schema, unwrap } from '~/api/client'
import { useMay } from '~/lib/me'
import { problemText } from '~/lib/problem'
import { when } from '~/lib/time'
import { Failed } from '~/ui/Failed'
import { Page } from '~/ui/Page'
import { useSaver } from '~/ui/useSaver'
import { conversationQuery } from './queries'
import { Status } from './words'

/** A request as a talk between a company and the operator. */
export function Conversation() {
  const { t } = useTranslation()
  const { id } = useParams({ from: '/inside/support/$id' })
  const operates = useMay('operate_server')
  const { data, error, refetch } = useQuery(conversationQuery(id, operates))
  if (error && !data) return <Failed error={error} retry={refetch} />
  if (!data) return <Skeleton active />
  const about = `${data.company_name} · ${t(`support.${data.kind}`)} · ${when(data.created_at)}`
  return (
    <Page title={data.title} about={about} actions={<Actions request={data} operates={operates} />}>
      <section className="card pad talk">
        <div role="log" aria-label={t('support.talk')}>
          <ol>
            {data.messages.map((message) => (
              <Bubble key={message.id} message={message} mine={message.from_operator === operates} />
            ))}
          </ol>
        </div>
        <Say id={id} />
      </section>
    </Page>
  )
}

function Actions({ request, operates }: { request: Schema['SupportConversation']; operates: boolean }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const saver = useSaver('support')
  const params = { path: { support_request_id: request.id } }
  const closed = request.status === 'closed'
  const body = { status: closed ? ('open' as const) : ('closed' as const) }
  const change = () =>
    void saver(unwrap(client.PATCH('/api/v1/support-requests/{support_request_id}', { params, body }))).catch(
      (error) => message.error(problemText(error, t)),
    )
  return (
    <>
      <Status status={request.status} />
      <Button onClick={change}>{t(closed ? 'support.reopen' : 'support.close')}</Button>
      <Link to={operates ? '/requests' : '/support'} search={{}}>
        {t('support.back')}
      </Link>
    </>
  )
}

function Bubble({ message, mine }: { message: Schema['SupportMessage']; mine: boolean }) {
  const { t } = useTranslation()
  const { author, body, created_at, from_operator } = message
  return (
    <li className={mine ? 'mine' : undefined}>
      <p className="pre">{body}</p>
      <span className="muted">
        {author}
        {from_operator && ` · ${t('support.operator')}`} · <time className="num">{when(created_at)}</time>
      </span>
    </li>
  )
}

function Say({ id }: { id: string }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const saver = useSaver('support')
  const [text, setText] = useState('')
  const [busy, setBusy] = useState(false)
  const send = async () => {
    if (text.trim() === '' || busy) return
    setBusy(true)
    const params = { path: { support_request_id: id } }
    try {
      await saver(
        unwrap(
          client.POST('/api/v1/support-requests/{support_request_id}/messages', {
            params,
            body: { body: text },
          }),
        ),
      )
      setText('')
    } catch (error) {
      message.error(problemText(error, t))
    } finally {
      setBusy(false)
    }
  }
  const keys = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void send()
  }
  return (
    <div className="talk-say">
      <Input.TextArea
        value={text}
        autoSize={{ minRows: 2, maxRows: 8 }}
        maxLength={10_000}
        placeholder={t('support.say')}
        aria-label={t('support.say')}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={keys}
      />
      <Button
        type="primary"
        icon={<SendOutlined />}
        loading={busy}
        disabled={text.trim() === ''}
        onClick={() => void send()}
      >
        {t('support.send')}
      </Button>
    </div>
  )
}
