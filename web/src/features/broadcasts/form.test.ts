import { expect, test } from 'vitest'
import { bodyOf, numbersOf } from './form'

test('numbers come one a line or with signs between', () => {
  expect(numbersOf('0901 234 567\n101, 102;\n\n 0902 ')).toEqual(['0901 234 567', '101', '102', '0902'])
})

test('what is left empty is what the API takes it for', () => {
  const parts = [{ kind: 'text' as const, text: 'Hello' }]
  expect(bodyOf({ name: 'A', parts, numbers: '101', retry_min: 1.5 })).toEqual({
    name: 'A',
    parts,
    numbers: ['101'],
    hotline: null,
    schedule: null,
    starts_at: null,
    times: 1,
    retries: 0,
    retry_gap_ms: 90_000,
    at_once: 15,
  })
})
