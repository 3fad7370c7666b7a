import { describe, expect, test } from 'vitest'
import { findNumbers } from './numbers'

const numbers = (text: string) => findNumbers(text).map(({ number }) => number)

describe('numbers as they are written in Việt Nam', () => {
  test.each([
    ['0901234567', '+84901234567'],
    ['Hotline: 0901 234 567 (Zalo)', '+84901234567'],
    ['ĐT:0901.234.567.', '+84901234567'],
    ['090-123-4567', '+84901234567'],
    ['+84 901 234 567', '+84901234567'],
    ['(+84) 901 234 567', '+84901234567'],
    ['+84 (0)901 234 567', '+84901234567'],
    ['0084901234567', '+84901234567'],
    ['84901234567', '+84901234567'],
    ['(024) 3825 1234', '+842438251234'],
    ['028.3825.1234', '+842838251234'],
    ['0236 388 8999', '+842363888999'],
    ['0901\u00a0234\u00a0567', '+84901234567'],
    ['1900 1234', '19001234'],
    ['1800.599.920', '1800599920'],
    ['19006091', '19006091'],
    ['+1 415 555 0100', '+14155550100'],
  ])('%s', (text, number) => {
    expect(numbers(text)).toEqual([number])
  })

  test('an old number of eleven digits is dialled by its new beginning', () => {
    expect(numbers('01681234567, 0123 456 7890')).toEqual(['+84381234567', '+84834567890'])
  })

  test('several in one line, each where it stands', () => {
    const text = 'Gọi 0901234567/0907654321 - 028 3825 1234'
    expect(numbers(text)).toEqual(['+84901234567', '+84907654321', '+842838251234'])
    expect(findNumbers(text).map(({ start, end }) => text.slice(start, end))).toEqual([
      '0901234567',
      '0907654321',
      '028 3825 1234',
    ])
  })
})

test.each([
  '07-11-2026 08:30',
  '2026-11-23',
  '1900-11-23',
  '1900-1954',
  '19.000.000 đ',
  '84.901.234.567 đ',
  '1.900.123.456',
  '0351000123456',
  '9704 0901 2345 67890',
  'id=0901234567',
  '#0901234567',
  'a0901234567',
  '0901234567abc',
  '0901234567@zalo.me',
  'https://zalo.me/0901234567',
  '0901.234.567vn',
  '192.168.0.1',
  '0.0901234567',
  '0110 123 4567',
  '0123',
  '',
])('%s holds no number', (text) => {
  expect(numbers(text)).toEqual([])
})

test('a long text without numbers is read in no time', () => {
  const began = performance.now()
  expect(numbers('0 1 2 3 4 5 6 7 8 9 '.repeat(20_000))).toEqual([])
  expect(performance.now() - began).toBeLessThan(2_000)
})
