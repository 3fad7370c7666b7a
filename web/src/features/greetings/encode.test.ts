import { expect, test } from 'vitest'
import { encodeWav, joined } from './encode'

test('a voice becomes a WAV file with its samples, never louder than full', async () => {
  const file = encodeWav(joined([new Float32Array([0, 0.5]), new Float32Array([-2])]), 48_000)
  const view = new DataView(await file.arrayBuffer())
  expect(view.byteLength).toBe(44 + 6)
  expect(view.getUint32(24, true)).toBe(48_000)
  expect([44, 46, 48].map((at) => view.getInt16(at, true))).toEqual([0, 16383, -32767])
})
