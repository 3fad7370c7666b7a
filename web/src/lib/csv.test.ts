import { expect, test } from 'vitest'
import { cell, csv } from './csv'

test('a cell is never a formula, and a phone number stays one', () => {
  expect(cell('=HYPERLINK("x")')).toBe('"\'=HYPERLINK(""x"")"')
  expect(cell('+84901234567')).toBe('"+84901234567"')
  expect(cell('-1+1')).toBe('"\'-1+1"')
  expect(cell(null)).toBe('""')
})

test('rows end as spreadsheets like it', () => {
  expect(
    csv([
      ['a', 1],
      ['Lan, "Đỗ"', 2],
    ]),
  ).toBe('\uFEFF"a","1"\r\n"Lan, ""Đỗ""","2"\r\n')
})
