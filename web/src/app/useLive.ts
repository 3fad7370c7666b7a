import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { client, unwrap } from '~/api/client'
import { extensionsQuery } from '~/api/lists'
import { putEnded } from '~/features/calls/queries'
import { note } from '~/features/notices/store'
import { fromList, type LiveEvent } from '~/lib/live/board'
import { openLive } from '~/lib/live/socket'
import { setBoard, setState, tell } from '~/lib/live/store'
import { useMay, useMe } from '~/lib/me'

/** Which list an event is about; a list that changed is read again once, however many events came. */
const LISTS: Record<string, string> = {
  extension: 'extensions',
  hotline: 'hotlines',
  trunk: 'trunks',
  group: 'groups',
  schedule: 'schedules',
  queue: 'queues',
  flow: 'flows',
  greeting: 'greetings',
  user: 'users',
  key: 'keys',
  webhook: 'webhooks',
  tenant: 'me',
  contact: 'contacts',
}
const GATHER_MS = 400

/** Keeps the one live socket of this tab and lets its events patch what the screens show. */
export function useLive(): void {
  const queries = useQueryClient()
  const navigate = useNavigate()
  const allowed = useMay('view_calls')
  const me = useRef(useMe())
  useEffect(() => {
    if (!allowed) return
    const stale = staleLists(queries)
    const close = openLive({
      event: (event) => {
        tell(event)
        if (event.type === 'call.ended') putEnded(queries, event.data)
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
      lost: () => void readAnew(queries),
    })
    return () => {
      stale.stop()
      close()
    }
  }, [queries, navigate, allowed])
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
      if (!list) return
      waiting.add(list)
      timer ??= setTimeout(read, GATHER_MS)
    },
    stop: () => clearTimeout(timer),
  }
}

/** The board and the call lists from the beginning: after opening without a cursor. */
async function readAnew(queries: QueryClient): Promise<void> {
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
