import { client, type Schema, unwrap } from '~/api/client'
import type { LiveCall } from './live/board'

// How a supervisor takes part in a talk. The server rings the supervisor's own phone; the one in this page picks up by
// itself, since its owner has just asked for it.

export const WAYS = ['listen', 'whisper', 'whisper_caller', 'whisper_callee', 'barge'] as const
export type Way = (typeof WAYS)[number]

/** How long a call that was asked for is picked up by itself. */
const PATIENCE_MS = 30_000

const asked = new Map<string, number>()

/** Whether this page asked to take part in the call a moment ago. */
export function wanted(call: string, now = Date.now()): boolean {
  const at = asked.get(call)
  asked.delete(call)
  return at !== undefined && now - at < PATIENCE_MS
}

const path = (call_id: string) => ({ path: { call_id } })

export async function supervise(call: string, mode: Way, beside: boolean): Promise<void> {
  // Who takes part already is not rung again.
  if (!beside) asked.set(call, Date.now())
  try {
    const body: Schema['WantedSupervision'] = { mode }
    await unwrap(client.PUT('/api/v1/calls/{call_id}/supervision', { params: path(call), body }))
  } catch (error) {
    asked.delete(call)
    throw error
  }
}

export const letGo = (call: string) =>
  unwrap(client.DELETE('/api/v1/calls/{call_id}/supervision', { params: path(call) }))

export const takeOver = (call: string) =>
  unwrap(client.POST('/api/v1/calls/{call_id}/take-over', { params: path(call), body: {} }))

export const hangUp = (call: string) =>
  unwrap(client.DELETE('/api/v1/calls/{call_id}', { params: path(call) }))

/** In which way somebody takes part in the call; null for who does not. */
export const wayOf = (call: LiveCall, extension: string | undefined): Way | null =>
  (call.others.find((one) => one.role === 'supervisor' && one.extension === extension)?.mode as
    | Way
    | undefined) ?? null

/** The ways that make sense for a call: whispering to one side only where both are colleagues. */
export const waysOf = (call: LiveCall): Way[] =>
  WAYS.filter((way) => call.direction === 'internal' || !way.startsWith('whisper_'))
