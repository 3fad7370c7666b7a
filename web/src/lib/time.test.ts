import { expect, test } from 'vitest'
import { length, momentOf, serverNow, setZone, startOfDay, syncClock } from './time'

test('lengths read as on a phone', () => {
  expect([length(0), length(75_000), length(3_725_000)]).toEqual(['0:00', '1:15', '1:02:05'])
})

test('the clock is the server’s', () => {
  syncClock(Date.now() + 60_000)
  expect(Math.abs(serverNow() - Date.now() - 60_000)).toBeLessThan(100)
  syncClock(Date.now())
})

test('a day begins at midnight of the company', () => {
  setZone('Asia/Ho_Chi_Minh')
  const at = Date.UTC(2026, 10, 22, 18, 30, 5, 120)
  expect(startOfDay(at)).toBe(Date.UTC(2026, 10, 22, 17))
})

test('what is picked is what the company’s clocks show', () => {
  setZone('Asia/Ho_Chi_Minh')
  expect(momentOf('2026-12-31T09:00')).toBe(Date.UTC(2026, 11, 31, 2))
  setZone('Europe/Berlin')
  expect(momentOf('2026-03-29T03:30'), 'just behind the change to summer time').toBe(
    Date.UTC(2026, 2, 29, 1, 30),
  )
  expect(momentOf('2026-03-29T01:30'), 'just before it').toBe(Date.UTC(2026, 2, 29, 0, 30))
  setZone('Asia/Ho_Chi_Minh')
})
