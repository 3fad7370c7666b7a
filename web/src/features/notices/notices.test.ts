import { expect, test } from 'vitest'
import type { LiveEvent } from '~/lib/live/board'
import { allSeen, cleared, NONE, noticed, readNotices, unseen } from './notices'

const event = (seq: number, type: string, data: Record<string, unknown>): LiveEvent => ({
  seq,
  type,
  at: seq * 1000,
  call_id: 'call_1',
  data,
})
const ended = (seq: number, direction: string, status: string) =>
  event(seq, 'call.ended', { direction, status, caller_number: '+84901234567', hotline: 'hot_1' })

test('a call from outside that nobody took is noticed, others are not', () => {
  const told = [
    ended(1, 'inbound', 'answered'),
    ended(2, 'outbound', 'no_answer'),
    ended(3, 'inbound', 'no_answer'),
    event(4, 'call.started', { direction: 'inbound' }),
  ].reduce(noticed, NONE)
  expect(told.list).toEqual([
    {
      seq: 3,
      at: 3000,
      kind: 'missed',
      call: 'call_1',
      number: '+84901234567',
      hotline: 'hot_1',
      status: 'no_answer',
    },
  ])
})

test('carriers that go and come, broken recordings and reached limits are noticed', () => {
  const told = [
    event(1, 'trunk.down', { id: 'trk_1', name: 'Viettel', status: 503 }),
    event(2, 'trunk.up', { id: 'trk_1', name: 'Viettel' }),
    event(3, 'recording.ready', { complete: true }),
    event(4, 'recording.ready', { complete: false }),
    event(5, 'security.limit_reached', { extension: '101' }),
  ].reduce(noticed, NONE)
  expect(told.list.map(({ kind }) => kind)).toEqual(['limit', 'recording', 'trunk_up', 'trunk_down'])
})

test('what was looked at counts no more, and what another tab tells again counts once', () => {
  const one = [ended(7, 'inbound', 'busy'), ended(7, 'inbound', 'busy')].reduce(noticed, NONE)
  expect(unseen(one)).toBe(1)
  const seen = allSeen(one)
  expect(unseen(seen)).toBe(0)
  expect(unseen(noticed(seen, ended(8, 'inbound', 'busy')))).toBe(1)
  expect(unseen(noticed(cleared(one), ended(7, 'inbound', 'busy')))).toBe(0)
})

test('the list keeps the newest fifty, and a browser that holds nonsense begins anew', () => {
  const many = Array.from({ length: 60 }, (_, at) => ended(at + 1, 'inbound', 'busy')).reduce(noticed, NONE)
  expect([many.list.length, many.list[0]?.seq, many.list.at(-1)?.seq]).toEqual([50, 60, 11])
  expect(readNotices('x')).toEqual(NONE)
  expect(readNotices({ seen: 1, list: [null, { seq: 2, kind: 'other' }] })).toEqual({ seen: 1, list: [] })
})
