import { expect, test } from 'vitest'
import { size } from './size'

test('bytes are told in the unit that fits', () => {
  expect([0, 512, 1536, 3 * 1024 ** 2, 250 * 1024 ** 3, 5 * 1024 ** 5].map(size)).toEqual([
    '0 B',
    '512 B',
    '1.5 kB',
    '3.0 MB',
    '250 GB',
    '5120 TB',
  ])
})
