import { expect, test } from 'vitest'
import { layout } from './layout'

test('nodes stand in columns by distance, none on another, circles end', () => {
  const places = layout({
    start: 'ask',
    nodes: {
      ask: { type: 'menu', timeout_ms: 1000, max_failures: 1, options: { '1': 'a', '2': 'b' } },
      a: { type: 'ring_group', on_no_answer: 'ask' },
      b: { type: 'hangup' },
      alone: { type: 'hangup' },
    },
  })
  expect(places.a?.x).toBe(places.b?.x)
  expect(places.b!.y).toBeGreaterThan(places.a!.y + 74)
  expect(places.alone!.x).toBeGreaterThan(places.a!.x)
})
