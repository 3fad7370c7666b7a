import type { Schema } from '~/api/client'

// Where each side stands on the ladder: who called us on the left, ourselves, and whom we called on the right.

export type Entry = Schema['LadderEntry']
export type Participant = Schema['Participant']

/** The places of the legs, from 0; ours lies between who came and who was called. */
export interface Places {
  count: number
  ours: number
  of: (leg: number) => number
}

export function placesOf(participants: Participant[]): Places {
  const came = participants.filter(({ outgoing }) => !outgoing)
  const called = participants.filter(({ outgoing }) => outgoing)
  const ours = came.length
  const order = new Map<number, number>()
  for (const [place, { leg }] of came.entries()) order.set(leg, place)
  for (const [place, { leg }] of called.entries()) order.set(leg, ours + 1 + place)
  return { count: participants.length + 1, ours, of: (leg) => order.get(leg) ?? ours }
}

/** Where an arrow begins and ends, and which way it points. */
export function arrowOf(entry: Entry, places: Places): { from: number; to: number; right: boolean } {
  const far = places.of(entry.leg)
  const [from, to] = [Math.min(far, places.ours), Math.max(far, places.ours)]
  const sent = entry.message?.sent ?? false
  return { from, to, right: sent === far > places.ours }
}

export type Weight = 'request' | 'provisional' | 'good' | 'bad' | 'note'

/** What a line means at a glance. A challenge asks for a password, which is no failure. */
export function weightOf({ message }: Entry): Weight {
  if (!message) return 'note'
  const { status } = message
  if (status == null) return 'request'
  if (status < 200) return 'provisional'
  if (status < 300 || status === 401 || status === 407) return 'good'
  return 'bad'
}
