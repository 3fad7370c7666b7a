import { expect, test } from 'vitest'
import { mailboxBody, mailboxFields, mailboxForm } from './mailbox'

const kept = {
  enabled: true,
  on_no_answer: true,
  on_busy: true,
  on_unreachable: false,
  greeting: null,
  has_pin: true,
  max_ms: 60_000,
  email: 'lan@alo.vn',
  attach: true,
}

test('the PIN stays unless a new one is typed or it is taken away', () => {
  const form = mailboxForm(kept)
  expect(mailboxBody(form)).not.toHaveProperty('pin')
  expect(mailboxBody({ ...form, pin: '2468' }).pin).toBe('2468')
  expect(mailboxBody({ ...form, pin: '2468', no_pin: true }).pin).toBeNull()
})

test('lengths are seconds on the screen and an emptied field clears', () => {
  expect(mailboxForm(kept).max_s).toBe(60)
  expect(mailboxBody({ ...mailboxForm(kept), email: '' })).toMatchObject({ max_ms: 60_000, email: null })
})

test('what a mailbox does shows only when there is one, and its PIN is taken away only when it has one', () => {
  const shown = (values: Record<string, unknown>, hasPin: boolean) =>
    mailboxFields([], hasPin).flatMap(({ name, when }) => (!when || when(values) ? [name] : []))
  expect(shown({ enabled: false }, true)).toEqual(['enabled'])
  expect(shown({ enabled: true }, false)).not.toContain('no_pin')
  expect(shown({ enabled: true }, true)).toContain('no_pin')
})
