import type { Schema } from '~/api/client'
import type { LiveEvent } from './board'

// The queues and their agents as a wallboard shows them: the server's picture, moved on by live events.

export interface Waiting {
  call: string
  number: string
  /** Since when, by the server's clock. */
  since: number
}

export interface WallQueue {
  id: string
  name: string
  /** Who waits, the first first. */
  waiting: Waiting[]
  today: Schema['QueueToday']
}

export interface Wall {
  queues: WallQueue[]
  agents: Schema['Agent'][]
}

/** The wallboard of the states that the server tells at `now`. */
export function wallOf(states: Schema['QueueState'][], now: number): Wall {
  const agents = new Map(states.flatMap((state) => state.agents.map((agent) => [agent.extension_id, agent])))
  return {
    queues: states.map(({ queue_id, name, waiting, today }) => ({
      id: queue_id,
      name,
      waiting: waiting.map(({ call_id, number, waited_ms }) => ({
        call: call_id,
        number,
        since: now - waited_ms,
      })),
      today,
    })),
    agents: [...agents.values()].sort((one, other) => one.extension.localeCompare(other.extension)),
  }
}

/** The wallboard after an event; the same one when the event changes nothing. */
export function foldWall(wall: Wall, { type, data, at, call_id }: LiveEvent): Wall {
  const call = text(data.call_id) ?? call_id ?? ''
  switch (type) {
    case 'queue.joined':
      return inQueue(wall, data, (queue) => ({
        ...queue,
        waiting: [...without(queue, call), { call, number: text(data.from) ?? '', since: at }],
      }))
    case 'queue.left':
      return inQueue(wall, data, (queue) => ({
        ...queue,
        waiting: without(queue, call),
        today: counted(queue.today, text(data.outcome) ?? '', number(data.waited_ms)),
      }))
    case 'agent.state_changed': {
      const known = wall.agents.some(({ extension_id }) => extension_id === data.extension_id)
      return known ? { ...wall, agents: wall.agents.map((agent) => stateOf(agent, data, at)) } : wall
    }
    default:
      return wall
  }
}

/** What one does oneself after an event. */
export function foldOwn(own: Schema['OwnAgent'], { type, data, at }: LiveEvent): Schema['OwnAgent'] {
  if (data.extension_id !== own.extension_id) return own
  if (type === 'agent.state_changed' && own.live) return { ...own, live: stateOf(own.live, data, at) }
  if (type !== 'agent.state_set') return own
  return { ...own, state: text(data.state) ?? own.state, reason: text(data.reason) }
}

function stateOf(agent: Schema['Agent'], data: LiveEvent['data'], at: number): Schema['Agent'] {
  if (agent.extension_id !== data.extension_id) return agent
  const state = text(data.state) ?? agent.state
  // A pause for another reason is a new one; a second word about the same state is none.
  const same = state === agent.state && text(data.reason) === (agent.reason || null)
  return {
    ...agent,
    state,
    reason: text(data.reason),
    call_id: text(data.call_id),
    since: same ? agent.since : at,
  }
}

/** Today's figures with one more caller in them; service level is answered in time, of all, in percent. */
function counted(today: Schema['QueueToday'], outcome: string, waited: number): Schema['QueueToday'] {
  const one = (of: string) => (outcome === of ? 1 : 0)
  const offered = today.offered + 1
  const answered = today.answered + one('answered')
  const inTime = today.answered_in_time + (waited <= today.service_level_ms ? one('answered') : 0)
  return {
    ...today,
    offered,
    answered,
    answered_in_time: inTime,
    abandoned: today.abandoned + one('abandoned'),
    overflowed: today.overflowed + one('overflowed'),
    timed_out: today.timed_out + one('timed_out'),
    service_level: (inTime * 100) / offered,
    longest_wait_ms: Math.max(today.longest_wait_ms, waited),
  }
}

function inQueue(wall: Wall, data: LiveEvent['data'], change: (queue: WallQueue) => WallQueue): Wall {
  if (!wall.queues.some(({ id }) => id === data.queue_id)) return wall
  return { ...wall, queues: wall.queues.map((queue) => (queue.id === data.queue_id ? change(queue) : queue)) }
}

const without = (queue: WallQueue, call: string): Waiting[] =>
  queue.waiting.filter((one) => one.call !== call)
const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)
const number = (value: unknown): number => (typeof value === 'number' ? value : 0)
