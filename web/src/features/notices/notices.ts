import type { LiveEvent } from '~/lib/live/board'

// What a person should know of although nobody asked: calls that nobody took, carriers that fell away, recordings that
// are not whole. A pure fold of live events.

export type Notice = { seq: number; at: number } & (
  | { kind: 'missed'; call: string; number: string; hotline: string | null; status: string }
  | { kind: 'trunk_down' | 'trunk_up'; trunk: string; name: string }
  | { kind: 'recording'; call: string }
  | { kind: 'limit'; extension: string }
)

/** Newest first; `seen` is the newest one that was looked at. */
export interface Notices {
  seen: number
  list: Notice[]
}

export const NONE: Notices = { seen: 0, list: [] }
const MOST = 50
const MISSED = ['no_answer', 'busy', 'cancelled', 'declined', 'failed']

/** Whether an event is of the kind that is noticed. */
export const tells = (event: LiveEvent): boolean => noticeOf(event) !== null

/** With what the event tells; the same notices when it tells nothing of the kind, or was told already. */
export function noticed(notices: Notices, event: LiveEvent): Notices {
  const notice = noticeOf(event)
  if (!notice || notices.list.some(({ seq }) => seq === notice.seq)) return notices
  // Another tab may have been faster: the order is the server's, not the one of arrival.
  const list = [notice, ...notices.list].sort((a, b) => b.seq - a.seq).slice(0, MOST)
  return { ...notices, list }
}

export const unseen = ({ seen, list }: Notices): number => list.filter(({ seq }) => seq > seen).length

export const allSeen = (notices: Notices): Notices => ({
  ...notices,
  seen: Math.max(notices.seen, notices.list[0]?.seq ?? 0),
})

/** Forgets the list, but not how far it was read, so that another tab brings nothing back. */
export const cleared = (notices: Notices): Notices => ({ ...allSeen(notices), list: [] })

/** What was kept, when it still has the shape; a browser may hold anything. */
export function readNotices(kept: unknown): Notices {
  if (typeof kept !== 'object' || kept === null) return NONE
  const { seen, list } = kept as Partial<Notices>
  if (typeof seen !== 'number' || !Array.isArray(list)) return NONE
  return { seen, list: list.filter((one) => typeof one?.seq === 'number' && KINDS.has(one.kind)) }
}

const KINDS = new Set<string>(['missed', 'trunk_down', 'trunk_up', 'recording', 'limit'])

function noticeOf({ seq, at, type, call_id: call, data }: LiveEvent): Notice | null {
  const text = (name: string) => (typeof data[name] === 'string' ? data[name] : '')
  switch (type) {
    case 'call.ended': {
      const status = text('status')
      if (!call || data.direction !== 'inbound' || !MISSED.includes(status)) return null
      return {
        seq,
        at,
        kind: 'missed',
        call,
        number: text('caller_number'),
        hotline: text('hotline') || null,
        status,
      }
    }
    case 'trunk.down':
    case 'trunk.up':
      return {
        seq,
        at,
        kind: type === 'trunk.up' ? 'trunk_up' : 'trunk_down',
        trunk: text('id'),
        name: text('name'),
      }
    case 'recording.ready':
      return call && data.complete === false ? { seq, at, kind: 'recording', call } : null
    case 'security.limit_reached':
      return { seq, at, kind: 'limit', extension: text('extension') }
    default:
      return null
  }
}
