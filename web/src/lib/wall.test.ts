import { afterEach, expect, test } from 'vitest'
import { setZone } from './time'
import { momentOf, wallOf } from './wall'

afterEach(() => setZone('Asia/Ho_Chi_Minh'))

test('a moment comes back from the clocks of any company', () => {
  for (const zone of ['Asia/Ho_Chi_Minh', 'UTC', 'America/New_York']) {
    setZone(zone)
    for (const at of [0, 1_795_000_000_000, 1_780_000_123_000]) expect(momentOf(wallOf(at))).toBe(at)
  }
})

test('the clocks show the company’s hour, wherever the browser is', () => {
  setZone('Asia/Ho_Chi_Minh')
  expect(wallOf(Date.UTC(2026, 10, 23, 16, 30))).toBe('2026-11-23T23:30:00')
  expect(momentOf('2026-11-23T23:30:00')).toBe(Date.UTC(2026, 10, 23, 16, 30))
})
