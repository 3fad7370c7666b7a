import { expect, test } from 'vitest'
import { type Board, fold, type LiveEvent, stageOf } from './board'

const event = (type: string, data: Record<string, unknown> = {}, call = 'call_1'): LiveEvent => ({
  seq: 1,
  type,
  at: 1000,
  call_id: call,
  data,
})
const after = (...events: LiveEvent[]): Board => events.reduce(fold, {})
const start = event('call.started', { direction: 'inbound', from: '+84901234567', to: '+842873000001' })

test('a call moves from arriving over ringing and talking to gone', () => {
  expect(stageOf(after(start).call_1!)).toBe('arriving')
  const rings = [
    start,
    event('call.ringing', { extension: '101', side: 'callee' }),
    event('call.ringing', { extension: '102', side: 'callee' }),
  ]
  expect(after(...rings).call_1!.extensions).toEqual(['101', '102'])
  const talks = [...rings, event('call.answered', { extension: '102', side: 'callee', at: 5 })]
  expect(after(...talks).call_1).toMatchObject({ answeredAt: 5, extensions: ['102'] })
  expect(stageOf(after(...talks, event('call.held')).call_1!)).toBe('held')
  expect(after(...talks, event('call.ended'))).toEqual({})
})

test('the caller’s own extension stays when a colleague answers', () => {
  const board = after(
    event('call.started', { direction: 'internal', from: '101', to: '102', extension: '101' }),
    event('call.answered', { extension: '102', side: 'callee' }),
  )
  expect(board.call_1!.extensions).toEqual(['101', '102'])
})

test('who takes part beside the two is shown until they leave or take over', () => {
  const joined = (leg: number, as: string, mode: string | null = null) =>
    event('call.joined', { leg, extension: `10${leg}`, as, mode })
  const beside = [start, joined(3, 'supervisor', 'listen'), joined(4, 'party')]
  expect(after(...beside).call_1!.others).toEqual([
    { leg: 3, extension: '103', role: 'supervisor', mode: 'listen' },
    { leg: 4, extension: '104', role: 'party', mode: null },
  ])
  const barges = [...beside, event('call.supervised', { leg: 3, extension: '103', mode: 'barge' })]
  expect(after(...barges).call_1!.others[0]?.mode).toBe('barge')
  const left = [...barges, event('call.left', { leg: 4 }), event('call.transferred', { by: 1, leg: 3 })]
  expect(after(...left).call_1!.others).toEqual([])
})

test('a late word about an ended call, and events about other things, change nothing', () => {
  const board = after(start)
  expect(fold(board, event('call.held', {}, 'call_9'))).toBe(board)
  expect(fold(board, { ...event('extension.updated'), call_id: null })).toBe(board)
})
