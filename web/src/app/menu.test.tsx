import { expect, test } from 'vitest'
import type { Me } from '~/lib/me'
import { sectionsFor } from './menu'

const AGENT = ['make_calls', 'view_config', 'view_contacts']
const SUPERVISOR = [...AGENT, 'view_calls', 'supervise']
const MANAGER = [...SUPERVISOR, 'edit_config', 'manage_users', 'manage_webhooks']
const OPERATOR = [...MANAGER, 'operate_server']

test.each([
  ['an agent', AGENT],
  ['a supervisor', SUPERVISOR],
  ['a manager', MANAGER],
  ['the operator', OPERATOR],
])('each screen that %s sees has a key of its own', (_, permissions) => {
  const places = sectionsFor({ permissions } as unknown as Me).flatMap((section) => section.places)
  expect(places.length).toBeGreaterThan(4)
  expect(new Set(places.map(({ key }) => key)).size).toBe(places.length)
  expect(places.some(({ key }) => key === 'g')).toBe(false)
})
