import { useQuery } from '@tanstack/react-query'
import { App, Button, Skeleton } from 'antd'
import { useTranslation } from 'react-i18next'
import { client, type Schema, unwrap } from '~/api/client'
import { problemText } from '~/lib/problem'
import { when } from '~/lib/time'
import { Dot } from '~/ui/Dot'
import { Failed } from '~/ui/Failed'
import { useSaver } from '~/ui/useSaver'
import { deviceOf } from './device'

const sessionsQuery = {
  queryKey: ['sessions'],
  queryFn: () => unwrap(client.GET('/api/v1/sessions')),
}

/** Where one is logged in, and the way to end it there. */
export function Sessions() {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const saver = useSaver('sessions')
  const list = useQuery(sessionsQuery)
  const end = (change: Promise<unknown>) =>
    saver(change).then(
      () => void message.success(t('sessions.ended')),
      (error) => void message.error(problemText(error, t)),
    )
  const one = (id: string) =>
    end(unwrap(client.DELETE('/api/v1/sessions/{session_id}', { params: { path: { session_id: id } } })))
  const others = () => end(unwrap(client.DELETE('/api/v1/sessions')))
  const items = list.data?.items ?? []
  return (
    <section className="card pad" style={{ maxWidth: 620 }}>
      <h2 style={{ marginBottom: 4 }}>{t('sessions.title')}</h2>
      <p className="muted" style={{ marginBottom: 8 }}>
        {t('sessions.about')}
      </p>
      {list.isPending && <Skeleton active title={false} />}
      {list.isError && <Failed error={list.error} retry={list.refetch} />}
      <ul className="sessions">
        {items.map((session) => (
          <One key={session.id} session={session} onEnd={() => one(session.id)} />
        ))}
      </ul>
      {items.length > 1 && <Button onClick={others}>{t('sessions.endOthers')}</Button>}
    </section>
  )
}

function One({ session, onEnd }: { session: Schema['OpenSession']; onEnd: () => void }) {
  const { t } = useTranslation()
  const name = deviceOf(session.agent) || t('sessions.program')
  return (
    <li>
      <div>
        <strong title={session.agent}>{name}</strong>
        <span className="muted num">
          {session.source} · {t('sessions.used', { at: when(session.last_used_at) })}
        </span>
      </div>
      {session.current ? (
        <Dot tone="good">{t('sessions.current')}</Dot>
      ) : (
        <Button size="small" aria-label={t('sessions.endOne', { name })} onClick={onEnd}>
          {t('sessions.end')}
        </Button>
      )}
    </li>
  )
}
