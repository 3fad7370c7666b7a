import { expect, test } from 'vitest'
import { IDLE, type PhoneEvent, phone } from './state'

const run = (...events: PhoneEvent[]) => events.reduce(phone, IDLE)
const offered: PhoneEvent = {
  type: 'offered',
  id: 'a',
  number: '0901234567',
  name: 'Lan',
  at: 1000,
  call: 'call_1',
}

test('a call comes in, is answered, held, resumed and ends', () => {
  const talking = run({ type: 'line', line: 'ready' }, offered, { type: 'answered', id: 'a', at: 3000 })
  expect(talking.call).toMatchObject({ state: 'talking', direction: 'in', answeredAt: 3000 })
  const held = [
    { type: 'held', id: 'a', on: true } as const,
    { type: 'muted', id: 'a', on: true } as const,
  ].reduce(phone, talking)
  expect(held.call).toMatchObject({ held: true, muted: true })
  const over = phone(held, { type: 'ended', id: 'a', cause: 'Terminated', at: 8000 })
  expect([over.call, over.last, over.line]).toEqual([
    null,
    { number: '0901234567', cause: 'Terminated', talkMs: 5000, call: 'call_1' },
    'ready',
  ])
})

test('what is dialled rings before it is answered', () => {
  const dialled: PhoneEvent = { type: 'dialled', id: 'b', number: '102', at: 0 }
  expect(run(dialled).call?.state).toBe('dialling')
  expect(run(dialled, { type: 'progress', id: 'b' }).call?.state).toBe('ringing')
})

test('a second call does not push the first away, and a late word about a gone call changes nothing', () => {
  const first = run(offered)
  expect(phone(first, { ...offered, id: 'z' })).toBe(first)
  expect(phone(first, { type: 'ended', id: 'z', cause: 'x', at: 1 })).toBe(first)
})

test('an answer that crosses a hang-up brings nothing back', () => {
  const ending = run(offered, { type: 'hangup', id: 'a' }, { type: 'answered', id: 'a', at: 5 })
  expect(ending.call?.state).toBe('ending')
})

test('keys are kept for the eye', () => {
  const typed = ['1', '2', '#'].map((key): PhoneEvent => ({ type: 'key', id: 'a', key }))
  expect(run(offered, { type: 'answered', id: 'a', at: 1 }, ...typed).call?.keys).toBe('12#')
})

test('one asks somebody while the first waits, and comes back to them', () => {
  const asks = run(
    offered,
    { type: 'answered', id: 'a', at: 1 },
    { type: 'consult' },
    { type: 'held', id: 'a', on: true },
    { type: 'dialled', id: 'b', number: '102', at: 5 },
    { type: 'answered', id: 'b', at: 6 },
  )
  expect([asks.call?.id, asks.waiting?.id, asks.waiting?.held]).toEqual(['b', 'a', true])
  const back = phone(asks, { type: 'ended', id: 'b', cause: 'Terminated', at: 9 })
  expect([back.call?.id, back.waiting]).toEqual(['a', null])
  const alone = phone(asks, { type: 'ended', id: 'a', cause: 'Terminated', at: 9 })
  expect([alone.call?.id, alone.waiting, alone.last?.call]).toEqual(['b', null, 'call_1'])
})

test('what one heard beside those who talked is nobody’s to write about', () => {
  const listens = run(
    offered,
    { type: 'answered', id: 'a', at: 1 },
    { type: 'known', id: 'a', call: 'call_2', beside: true },
  )
  expect(listens.call).toMatchObject({ call: 'call_2', beside: true })
  expect(phone(listens, { type: 'ended', id: 'a', cause: 'Terminated', at: 9 }).last?.call).toBeNull()
})

test('nobody is asked while nobody is on the line, nor a third while one waits', () => {
  expect(run({ type: 'consult' })).toEqual(IDLE)
  expect(run(offered, { type: 'consult' }).waiting).toBeNull()
})
