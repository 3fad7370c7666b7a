import { expect, test } from 'vitest'
import { bytesBetween, readHead, silences, wrap } from './wav'

const wav = { rate: 8000, channels: 2, start: 44, bytes: 64_000 }

test('a head that was written is read again', async () => {
  const blob = wrap(wav, new ArrayBuffer(64_000))
  const head = new DataView(await blob.arrayBuffer())
  expect(readHead(head, blob.size)).toEqual(wav)
  expect(readHead(new DataView(new ArrayBuffer(44)), 44)).toBeNull()
})

test('a stretch of seconds is whole frames inside the file', () => {
  expect(bytesBetween(wav, 0.5, 1)).toEqual([44 + 16_000, 44 + 32_000 - 1])
  expect(bytesBetween(wav, 1.9, 99)).toEqual([44 + 60_800, 44 + 64_000 - 1])
})

test('silence is where neither side speaks', () => {
  const left = new Float32Array(8000 * 6)
  const right = new Float32Array(8000 * 6)
  left.fill(0.5, 0, 8000)
  right.fill(0.5, 8000 * 4, 8000 * 5)
  expect(silences([left, right], 8000)).toEqual([[1, 4]])
})
