import { client, Problem, type Schema, unwrap } from '~/api/client'
import { read, write } from './stored'

// What an agent writes about a call while it lasts and after it. It is kept in the browser until the server has taken it:
// the record of a call is there a moment after its end, and a call that was handed over goes on without the agent.

export interface WrapUp {
  disposition: string | null
  text: string
  /** Whether it is to be sent; what is still written waits. */
  done: boolean
  /** When it was last touched. */
  at: number
}

type Kept = Record<string, WrapUp>

/** What nobody sent or finished is forgotten after so long. */
const LONGEST_MS = 12 * 3_600_000
const EMPTY: WrapUp = { disposition: null, text: '', done: false, at: 0 }
const TRIES = 4
const PAUSE_MS = 500

const keyOf = (user: string) => `wrapups.${user}`

function kept(user: string, now = Date.now()): Kept {
  const all = read<Kept>(keyOf(user), {})
  return Object.fromEntries(Object.entries(all).filter(([, { at }]) => now - at < LONGEST_MS))
}

export const draftOf = (user: string, call: string): WrapUp => kept(user)[call] ?? EMPTY

/** Keeps what is written so far. */
export function draft(user: string, call: string, part: Partial<WrapUp>): WrapUp {
  const next = { ...draftOf(user, call), ...part, at: Date.now() }
  write(keyOf(user), { ...kept(user), [call]: next })
  return next
}

export function forget(user: string, call: string): void {
  const { [call]: _gone, ...rest } = kept(user)
  write(keyOf(user), rest)
}

/** Sends one that is done. What the server refuses for good is thrown; what it cannot take yet waits. */
export async function send(user: string, call: string): Promise<void> {
  for (let n = 0; n < TRIES; n++) {
    const { done, disposition, text } = draftOf(user, call)
    if (!done) return
    try {
      const body: Schema['CallWrapUpPatch'] = { disposition, text }
      const params = { path: { call_id: call } }
      await unwrap(client.PATCH('/api/v1/calls/{call_id}/wrap-up', { params, body }))
      return forget(user, call)
    } catch (error) {
      const later =
        error instanceof Problem && (error.status === 404 || error.status === 0 || error.status >= 500)
      if (!later) throw error
    }
    await new Promise((done) => setTimeout(done, PAUSE_MS))
  }
}

/** All that are done and wait. */
export const unsent = (user: string): string[] =>
  Object.entries(kept(user)).flatMap(([call, { done }]) => (done ? [call] : []))
