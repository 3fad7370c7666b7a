import { useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, Dropdown } from 'antd'
import { useTranslation } from 'react-i18next'
import { ownAgentQuery, pauseReasonsQuery } from '~/api/lists'
import { putOwnState, stateText, toneOf, type Wish, wishItems } from '~/lib/agents'
import { useMay, useMe } from '~/lib/me'
import { problemText } from '~/lib/problem'
import { length } from '~/lib/time'
import { useSecond } from '~/lib/useSecond'
import { Dot } from '~/ui/Dot'

/** What one does as an agent of queues, for how long, and the way to something else. Nothing for who works in none. */
export function Status() {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const queries = useQueryClient()
  const person = useMe().user_id
  const mayCall = useMay('make_calls')
  const own = useQuery({ ...ownAgentQuery, enabled: mayCall && Boolean(person) }).data
  const works = Boolean(own?.live) || (own?.state ?? 'offline') !== 'offline'
  const reasons = useQuery({ ...pauseReasonsQuery, enabled: works }).data ?? []
  if (!own || !works) return null
  const put = (wish: Wish) =>
    void putOwnState(wish)
      .then((kept) =>
        queries.setQueryData(ownAgentQuery.queryKey, (before) => before && { ...before, ...kept }),
      )
      .catch((error) => message.error(problemText(error, t)))
  const items = wishItems(
    t,
    reasons.map(({ name }) => name),
    put,
  )
  const shown = own.live ?? own
  const words = stateText(t, shown)
  return (
    <Dropdown menu={{ items }} trigger={['click']}>
      <Button type="text" className="agent-status" aria-label={t('agent.mine', { state: words })}>
        <Dot tone={toneOf(shown.state)}>
          <span className="agent-words">{words}</span>
          <Since at={shown.since} />
        </Dot>
      </Button>
    </Dropdown>
  )
}

/** How long it has lasted. */
function Since({ at }: { at: number }) {
  const now = useSecond()
  return at > 0 ? <span className="num muted">{length(now - at)}</span> : null
}
