import type { LiveEvent } from './board'

// The one live socket of a tab. It goes on where it broke; only when the server has forgotten the cursor, lists must be
// read anew.

export type LiveState = 'connecting' | 'open' | 'stale' | 'ended'

export interface Listeners {
  event: (event: LiveEvent) => void
  state: (state: LiveState) => void
  /** Events were missed for good: read the lists anew. */
  lost: () => void
}

const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 15_000
const UNAUTHENTICATED = 4401

/** Opens the socket and keeps it open until the returned function is called. */
export function openLive(listeners: Listeners): () => void {
  let socket: WebSocket | null = null
  let last: number | null = null
  let failures = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let over = false

  const connect = () => {
    const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:'
    const cursor = last === null ? '' : `?after=${last}`
    socket = new WebSocket(`${scheme}//${location.host}/api/v1/events${cursor}`, ['alo.events.v1'])
    let opened = false
    socket.onopen = () => {
      opened = true
      failures = 0
      // Without a cursor nobody knows what came before: the lists tell.
      if (last === null) listeners.lost()
      listeners.state('open')
    }
    socket.onmessage = ({ data }) => {
      const event = JSON.parse(data as string) as LiveEvent
      last = event.seq
      listeners.event(event)
    }
    socket.onclose = ({ code }) => {
      if (over) return
      if (code === UNAUTHENTICATED) return listeners.state('ended')
      // Refused before it opened, more than once: the cursor may be too old.
      if (!opened && ++failures > 2) last = null
      listeners.state('stale')
      timer = setTimeout(connect, wait(failures))
    }
  }

  connect()
  return () => {
    over = true
    clearTimeout(timer)
    socket?.close()
  }
}

/** Longer after each failure, and a little by chance, so that not all tabs come back at once. */
export function wait(failures: number, chance = Math.random()): number {
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures) * (0.7 + 0.6 * chance)
}
