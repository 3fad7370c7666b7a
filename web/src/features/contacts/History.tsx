import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button, Skeleton } from 'antd'
import { useTranslation } from 'react-i18next'
import { Direction, Status } from '~/features/calls/words'
import { useMay } from '~/lib/me'
import { useNames } from '~/lib/names'
import { length, when } from '~/lib/time'
import { Failed } from '~/ui/Failed'
import { Phone } from '~/ui/Phone'
import { historyQuery } from './queries'

/** The calls with a contact, the newest first. */
export function History({ id, hasNumbers }: { id: string; hasNumbers: boolean }) {
  const { t } = useTranslation()
  const names = useNames()
  const seesCalls = useMay('view_calls')
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = useInfiniteQuery(
    historyQuery(id),
  )
  const calls = data?.pages.flatMap(({ items }) => items) ?? []
  return (
    <section className="card pad">
      <h2>{t('contacts.history')}</h2>
      {error && !data ? (
        <Failed error={error} retry={refetch} />
      ) : !data ? (
        <Skeleton active title={false} />
      ) : calls.length === 0 ? (
        <p className="muted">{t(hasNumbers ? 'contacts.noCalls' : 'contacts.noNumber')}</p>
      ) : (
        <ul className="latest">
          {calls.map((call) => {
            const line = (
              <>
                <Direction direction={call.direction} />
                <Phone number={call.direction === 'outbound' ? call.callee_number : call.caller_number} />
                {call.extension && <span className="muted"> · {names.of(call.extension)}</span>}
              </>
            )
            return (
              <li key={call.id}>
                {seesCalls ? (
                  <Link to="/calls/$id" params={{ id: call.id }}>
                    {line}
                  </Link>
                ) : (
                  <span>{line}</span>
                )}
                <Status status={call.status} cause={call.cause} />
                <span className="num muted">{call.talk_ms > 0 ? length(call.talk_ms) : ''}</span>
                <time className="num muted">{when(call.started_at)}</time>
              </li>
            )
          })}
        </ul>
      )}
      {hasNextPage && (
        <Button type="link" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t('contacts.earlier')}
        </Button>
      )}
    </section>
  )
}
