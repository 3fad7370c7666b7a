import { describe, expect, test } from 'vitest'
import { dialable, fold, formatPhone, numberFits } from './phone'

describe('phone numbers', () => {
  test.each([
    ['+84901234567', '0901 234 567'],
    ['0901234567', '0901 234 567'],
    ['+842873000001', '028 7300 0001'],
    ['02363888999', '0236 388 8999'],
    ['19001234', '19001234'],
    ['+14155550100', '+14 155 550 100'],
    ['101', '101'],
  ])('%s is read as %s', (number, shown) => {
    expect(formatPhone(number)).toBe(shown)
  })

  test('what is typed becomes what is dialled, and words do not', () => {
    expect(dialable(' 0901.234-567 ')).toBe('0901234567')
    expect(dialable('*98#')).toBe('*98#')
    expect(dialable('Lan')).toBe('')
  })

  test.each([
    '0901234567',
    '+84901234567',
    '84901234567',
    '0084901234567',
    '901234567',
    '0901.234-567',
    '234567',
  ])('%s finds the number that is kept as +84901234567', (typed) => {
    expect(numberFits('+84901234567', typed)).toBe(true)
    expect(numberFits('+84907654321', typed)).toBe(false)
  })

  test('nothing typed fits no number', () => {
    expect(numberFits('+84901234567', '0')).toBe(false)
  })

  test('accents do not matter when searching', () => {
    expect(fold('Nguyễn Đỗ')).toBe('nguyen do')
  })
})
