import { expect, test } from 'vitest'
import { gradeOf, qualityOf } from './quality'

const connection = (reports: object[]) =>
  ({ getStats: async () => new Map(reports.map((report, n) => [n, report])) }) as unknown as RTCPeerConnection

test('what was lost is counted since one asked last', async () => {
  const counted = { type: 'inbound-rtp', kind: 'audio', packetsLost: 10, packetsReceived: 90, jitter: 0.012 }
  const other = { type: 'remote-inbound-rtp', roundTripTime: 0.08 }
  const peer = connection([counted, other])
  expect(await qualityOf(peer)).toEqual({ lostPercent: 10, jitterMs: 12, rttMs: 80 })
  counted.packetsReceived += 100
  expect(await qualityOf(peer)).toMatchObject({ lostPercent: 0 })
  expect(await qualityOf(connection([]))).toBeNull()
})

test('loss, jitter and delay each spoil a talk', () => {
  const fine = { lostPercent: 0, jitterMs: 5, rttMs: 40 }
  expect(gradeOf(fine)).toBe('good')
  expect(gradeOf({ ...fine, lostPercent: 2 })).toBe('fair')
  expect(gradeOf({ ...fine, jitterMs: 80 })).toBe('poor')
  expect(gradeOf({ ...fine, rttMs: 700 })).toBe('poor')
  expect(gradeOf({ ...fine, rttMs: null })).toBe('good')
})
