import { beforeAll, expect, test } from 'vitest'
import { setZone } from '~/lib/time'
import { change, cleanStatistics, daysOf } from './period'

beforeAll(() => setZone('Asia/Ho_Chi_Minh'))

/** 2026-11-22 18:00 UTC is already the 23rd in Việt Nam. */
const NOW = Date.UTC(2026, 10, 22, 18)

test('spans end today, by the company’s clock', () => {
  expect(daysOf({ span: 'today' }, NOW)).toEqual({ from: '2026-11-23', to: '2026-11-23', by: 'hour' })
  expect(daysOf({}, NOW)).toEqual({ from: '2026-11-17', to: '2026-11-23', by: 'day' })
  expect(daysOf({ span: 'month' }, NOW)).toEqual({ from: '2026-11-01', to: '2026-11-23', by: 'day' })
  expect(daysOf({ span: 'year' }, NOW)).toEqual({ from: '2026-01-01', to: '2026-11-23', by: 'month' })
})

test('free days are told in fitting steps', () => {
  expect(daysOf({ from: '2026-11-01', to: '2026-11-02' }, NOW).by).toBe('hour')
  expect(daysOf({ from: '2026-10-01', to: '2026-11-02' }, NOW).by).toBe('day')
  expect(daysOf({ from: '2026-06-01', to: '2026-11-02' }, NOW).by).toBe('week')
  expect(daysOf({ from: '2025-06-01', to: '2026-11-02' }, NOW).by).toBe('month')
  expect(daysOf({ from: '2026-11-09', to: '2026-11-02' }, NOW).by, 'nonsense is the usual span').toBe('day')
})

test('an address keeps what is known, and a change needs something before', () => {
  expect(cleanStatistics({ span: '7d', colour: 'red', hotline: '' })).toEqual({ span: '7d' })
  expect([change(15, 10), change(5, 10), change(5, 0)]).toEqual([50, -50, null])
})
