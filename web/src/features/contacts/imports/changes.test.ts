import { expect, test } from 'vitest'
import { changesOf } from './changes'

const lan = { name: 'Lan', phones: [{ number: '+84901234567' }], company: 'ABC' }

test('a new contact shows all that is filled in', () => {
  expect(changesOf(null, lan)).toEqual([
    { field: 'phone', name: '', before: '', after: '0901 234 567' },
    { field: 'company', name: '', before: '', after: 'ABC' },
  ])
})

test('a change shows what was and what comes, and of lists what is added', () => {
  const after = {
    ...lan,
    company: 'XYZ',
    phones: [...lan.phones, { number: '+842873000001' }],
    fields: { City: 'Huế' },
  }
  expect(changesOf(lan, after)).toEqual([
    { field: 'phone', name: '', before: '', after: '028 7300 0001' },
    { field: 'company', name: '', before: 'ABC', after: 'XYZ' },
    { field: 'fields', name: 'City', before: '', after: 'Huế' },
  ])
  expect(changesOf(lan, lan)).toEqual([])
})
