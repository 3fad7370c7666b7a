import { expect, test } from 'vitest'
import { withPart } from './Filter'

test('a changed part joins the rest, and what is emptied leaves the address', () => {
  const search: { q?: string; status?: string } = { q: 'lan', status: 'busy' }
  expect(withPart(search, { q: 'minh' })).toEqual({ q: 'minh', status: 'busy' })
  expect(withPart(search, { q: '' })).toEqual({ status: 'busy' })
  expect(withPart(search, { status: undefined as never })).toEqual({ q: 'lan' })
})
