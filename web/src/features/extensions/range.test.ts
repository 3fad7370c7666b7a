import { expect, test } from 'vitest'
import { expand } from './range'

test('ranges and single numbers become a list', () => {
  expect(expand('101-103, 205')).toEqual(['101', '102', '103', '205'])
  expect(expand('0098-0100')).toEqual(['0098', '0099', '0100'])
})

test('what is no range is refused', () => {
  for (const text of ['', 'abc', '103-101', '99-1000', '1', '1000-9999']) expect(expand(text)).toBeNull()
})
