import { afterEach, expect, test, vi } from 'vitest'
import { client } from '~/api/client'
import type { LiveCall } from './live/board'
import { supervise, wanted, wayOf, waysOf } from './supervising'

const call = (part: Partial<LiveCall>): LiveCall => ({
  id: 'call_1',
  direction: 'inbound',
  from: '0901234567',
  to: '19001000',
  hotline: null,
  extensions: ['101'],
  startedAt: 0,
  answeredAt: 1,
  held: false,
  ringing: true,
  keys: '',
  others: [],
  ...part,
})

afterEach(() => vi.restoreAllMocks())

test('a call that was asked for is picked up once, and only for a while', async () => {
  vi.spyOn(client, 'PUT').mockResolvedValue({ response: new Response(null, { status: 202 }) } as never)
  await supervise('call_1', 'listen', false)
  expect(wanted('call_2')).toBe(false)
  expect(wanted('call_1')).toBe(true)
  expect(wanted('call_1'), 'once').toBe(false)
  await supervise('call_1', 'listen', false)
  expect(wanted('call_1', Date.now() + 60_000), 'too late').toBe(false)
})

test('one whispers to a side only where both are colleagues, and one’s own way is known', () => {
  expect(waysOf(call({}))).toEqual(['listen', 'whisper', 'barge'])
  expect(waysOf(call({ direction: 'internal' }))).toHaveLength(5)
  const others = [{ leg: 3, extension: '103', role: 'supervisor' as const, mode: 'barge' }]
  expect([wayOf(call({ others }), '103'), wayOf(call({ others }), '104')]).toEqual(['barge', null])
})
