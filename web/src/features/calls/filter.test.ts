import { describe, expect, test } from 'vitest'
import { setZone } from '~/lib/time'
import { cleanCalls, fits, queryOf, textOf } from './filter'

setZone('Asia/Ho_Chi_Minh')
const now = Date.UTC(2026, 10, 23, 3)
const midnight = Date.UTC(2026, 10, 22, 17)

describe('the filters of calls', () => {
  test('an address keeps only what is known, numbers as text', () => {
    expect(cleanCalls({ number: 901234567, status: 'busy', evil: 1, hotline: '' })).toEqual({
      number: '901234567',
      status: 'busy',
    })
  })

  test('spans begin at the company’s midnight, and a range holds its last day', () => {
    expect(queryOf({ span: 'today' }, now)).toEqual({ from: midnight })
    expect(queryOf({ from: '2026-11-21', to: '2026-11-23' }, now)).toEqual({
      from: midnight - 2 * 86_400_000,
      to: midnight + 86_400_000,
    })
  })

  test('a new call is put in where it belongs, and only the server judges numbers', () => {
    const call = { direction: 'inbound', status: 'busy', extension: 'ext_1', hotline: null, started_at: now }
    expect(fits(call, {}, now)).toBe(true)
    expect(fits(call, { status: 'answered' }, now)).toBe(false)
    expect(fits(call, { span: 'yesterday' }, now)).toBe(false)
    expect(fits(call, { number: '0901' }, now)).toBeUndefined()
  })

  test('the same filters make the same text', () => {
    expect(textOf({ status: 'busy', direction: 'inbound' })).toBe(
      textOf({ direction: 'inbound', status: 'busy' }),
    )
  })
})
