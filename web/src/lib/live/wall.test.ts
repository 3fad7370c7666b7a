import { expect, test } from 'vitest'
import type { LiveEvent } from './board'
import { foldOwn, foldWall, type Wall, wallOf } from './wall'

const event = (type: string, data: Record<string, unknown>, at = 5_000): LiveEvent => ({
  seq: 1,
  type,
  at,
  call_id: 'call_1',
  data,
})
const agent = {
  extension_id: 'ext_1',
  extension: '101',
  name: 'Lan',
  state: 'available',
  reason: null,
  since: 100,
  reachable: true,
  missed: 0,
  queue_ids: ['que_1'],
  call_id: null,
}
const today = {
  from: 0,
  offered: 1,
  answered: 1,
  answered_in_time: 1,
  abandoned: 0,
  overflowed: 0,
  timed_out: 0,
  service_level: 100,
  service_level_ms: 20_000,
  average_wait_ms: 1_000,
  longest_wait_ms: 1_000,
  called_back: 0,
}
const start = (): Wall =>
  wallOf([{ queue_id: 'que_1', name: 'Sales', here: true, waiting: [], agents: [agent], today }], 1_000)
const joined = { call_id: 'call_1', queue_id: 'que_1', from: '+84901234567' }

test('a caller waits from the moment of joining, once, and is gone with the figures counted', () => {
  const waits = foldWall(foldWall(start(), event('queue.joined', joined)), event('queue.joined', joined))
  expect(waits.queues[0]?.waiting).toEqual([{ call: 'call_1', number: '+84901234567', since: 5_000 }])
  const left = (outcome: string, waited_ms: number) =>
    foldWall(waits, event('queue.left', { ...joined, outcome, waited_ms })).queues[0]
  expect(left('answered', 3_000)).toMatchObject({ waiting: [], today: { answered: 2, service_level: 100 } })
  expect(left('answered', 30_000)?.today).toMatchObject({
    answered: 2,
    answered_in_time: 1,
    service_level: 50,
  })
  expect(left('abandoned', 9_000)?.today).toMatchObject({ abandoned: 1, longest_wait_ms: 9_000 })
})

test('an agent’s state has its own beginning, and the same word again is no new one', () => {
  const talks = { extension_id: 'ext_1', state: 'on_call', reason: null, call_id: 'call_1' }
  const once = foldWall(start(), event('agent.state_changed', talks))
  expect(once.agents[0]).toMatchObject({ state: 'on_call', since: 5_000, call_id: 'call_1' })
  expect(foldWall(once, event('agent.state_changed', talks, 9_000)).agents[0]?.since).toBe(5_000)
})

test('words about other queues and other agents change nothing', () => {
  const wall = start()
  expect(foldWall(wall, event('queue.joined', { ...joined, queue_id: 'que_9' }))).toBe(wall)
  expect(foldWall(wall, event('agent.state_changed', { extension_id: 'ext_9', state: 'offline' }))).toBe(wall)
  const own = { extension_id: 'ext_1', state: 'available', reason: null, since: 1, live: agent }
  expect(foldOwn(own, event('agent.state_changed', { extension_id: 'ext_9', state: 'offline' }))).toBe(own)
})

test('one’s own state follows what the queue orders and what a supervisor sets', () => {
  const own = { extension_id: 'ext_1', state: 'available', reason: null, since: 1, live: agent }
  const missed = { extension_id: 'ext_1', state: 'paused', reason: 'missed' }
  expect(foldOwn(own, event('agent.state_changed', missed)).live).toMatchObject({
    state: 'paused',
    since: 5_000,
  })
  expect(foldOwn(own, event('agent.state_set', { ...missed, reason: 'Lunch' }))).toMatchObject({
    state: 'paused',
    reason: 'Lunch',
  })
})
