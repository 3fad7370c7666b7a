import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { client, unwrap } from '~/api/client'
import { extensionsQuery, ownAgentQuery, wallQuery } from '~/api/lists'
import { putEnded, putWritten } from '~/features/calls/queries'
import { putRecorded } from '~/features/home/steps'
import { note } from '~/features/notices/store'
import { fromList, type LiveEvent } from '~/lib/live/board'
import { openLive } from '~/lib/live/socket'
import { setBoard, setState, tell } from '~/lib/live/store'
import { foldOwn, foldWall } from '~/lib/live/wall'
import { useMay, useMe } from '~/lib/me'

/** Which list an event is about; a list that changed is read again once, however many events came. */
const LISTS: Record<string, string> = {
  extension: 'extensions',
  hotline: 'hotlines',
  trunk: 'trunks',
  group: 'groups',
  schedule: 'schedules',
  holiday: 'schedules',
  caller_rule: 'caller-rules',
  pause_reason: 'pause-reasons',
  queue: 'queues',
  flow: 'flows',
  greeting: 'greetings',
  user: 'users',
  department: 'departments',
  disposition: 'dispositions',
  key: 'keys',
  webhook: 'webhooks',
  tenant: 'me',
  contact: 'contacts',
  support: 'support',
  view: 'views',
  voicemail: 'voicemail',
  ticket: 'tickets',
}
/** What happens in queues moves the wallboard; it changes no list. */
const MOVES = ['queue.joined', 'queue.left']
const GATHER_MS = 400

/** Keeps the one live socket of this tab and lets its events patch what the screens show. */
export function useLive(): void {
  const queries = useQueryClient()
  const navigate = useNavigate()
  const all = useMay('view_calls')
  // Who may not see calls hears of the own state as an agent.
  const allowed = useMay('make_calls') || all
  const me = useRef(useMe())
  useEffect(() => {
    if (!allowed) return
    const stale = staleLists(queries)
    const close = openLive({
      event: (event) => {
        tell(event)
        if (event.type === 'call.ended') putEnded(queries, event.data)
        putWritten(queries, event)
        if (event.type === 'recording.ready') putRecorded(queries)
        if (event.type.startsWith('queue.') || event.type.startsWith('agent.')) putQueues(queries, event)
        // A recording is told a moment after its call, whose page may be open.
        if (event.type === 'recording.ready' && event.call_id)
          void queries.invalidateQueries({ queryKey: ['calls', 'one', event.call_id] })
        stale.note(event)
        note(me.current, event)
      },
      state: (state) => {
        setState(state)
        if (state === 'ended') void navigate({ to: '/login', search: {} }).then(() => queries.clear())
      },
      lost: () => void readAnew(queries, all),
    })
    return () => {
      stale.stop()
      close()
    }
  }, [queries, navigate, allowed, all])
}

/** Moves the wallboard and one's own state as an agent. */
function putQueues(queries: QueryClient, event: LiveEvent): void {
  queries.setQueryData(wallQuery.queryKey, (wall) => wall && foldWall(wall, event))
  queries.setQueryData(ownAgentQuery.queryKey, (own) => own && foldOwn(own, event))
}

function staleLists(queries: QueryClient) {
  const waiting = new Set<string>()
  let timer: ReturnType<typeof setTimeout> | undefined
  const read = () => {
    timer = undefined
    for (const list of waiting) void queries.invalidateQueries({ queryKey: [list] })
    waiting.clear()
  }
  return {
    note: ({ type }: LiveEvent) => {
      const list = LISTS[type.split('.')[0] ?? '']
      if (!list || MOVES.includes(type)) return
      waiting.add(list)
      // Who works in a queue decides who is an agent at all.
      // Departments count their people.
      if (list === 'users') waiting.add('departments')
      if (list === 'queues') for (const one of ['wall', 'agent']) waiting.add(one)
      timer ??= setTimeout(read, GATHER_MS)
    },
    stop: () => clearTimeout(timer),
  }
}

/** The board and the call lists from the beginning: after opening without a cursor. */
async function readAnew(queries: QueryClient, all: boolean): Promise<void> {
  for (const list of ['wall', 'agent']) void queries.invalidateQueries({ queryKey: [list] })
  if (!all) return
  void queries.invalidateQueries({ queryKey: ['calls'] })
  try {
    const extensions = await queries.ensureQueryData(extensionsQuery)
    const numbers = new Map(extensions.map(({ id, number }) => [id, number]))
    const { items } = await unwrap(client.GET('/api/v1/calls/live'))
    setBoard(fromList(items, (id) => numbers.get(id) ?? ''))
  } catch {
    // The banner tells already; the next event or connection brings the board.
  }
}
