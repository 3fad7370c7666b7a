import { expect, test } from 'vitest'
import { added, exits, faultsByNode, forApi, type Graph, leading, missing, removed, renamed } from './graph'

const graph: Graph = {
  start: 'ask',
  nodes: {
    ask: {
      type: 'menu',
      timeout_ms: 5000,
      max_failures: 3,
      options: { '2': 'bye', '1': 'sales' },
      on_timeout: 'sales',
    },
    sales: { type: 'ring_group', group: 'grp_1', on_no_answer: 'bye' },
    bye: { type: 'hangup' },
  },
}

test('a menu leads out by its keys in the order of a telephone', () => {
  expect(exits(graph.nodes.ask!).map(({ field, to }) => [field, to])).toEqual([
    ['options.1', 'sales'],
    ['options.2', 'bye'],
    ['on_timeout', 'sales'],
    ['on_failures', undefined],
  ])
})

test('a renamed node keeps every way to it', () => {
  const next = renamed(graph, 'sales', 'ban-hang')
  expect(exits(next.nodes.ask!).filter(({ to }) => to === 'ban-hang')).toHaveLength(2)
  expect(renamed(graph, 'sales', 'bye')).toBe(graph)
  expect(renamed(graph, 'ask', 'hello').start).toBe('hello')
})

test('ways to a removed node lead nowhere, and the start moves on', () => {
  const next = removed(graph, 'sales')
  expect(exits(next.nodes.ask!).map(({ to }) => to || undefined)).toEqual([
    undefined,
    'bye',
    undefined,
    undefined,
  ])
  expect(removed(graph, 'ask').start).toBe('sales')
})

test('the first node is the start, names stay free', () => {
  const one = added({ start: '', nodes: {} }, 'menu')
  expect([one.name, one.graph.start]).toEqual(['menu_1', 'menu_1'])
  expect(added(one.graph, 'menu').name).toBe('menu_2')
})

test('what is empty is not sent, and what is missing is named', () => {
  const half = { start: 'a', nodes: { a: { type: 'play' as const, greeting: '', next: undefined } } }
  expect(forApi(half as Graph).nodes.a).toEqual({ type: 'play' })
  expect(missing(half as Graph).map(({ name }) => name)).toEqual([
    'graph.nodes.a.greeting',
    'graph.nodes.a.next',
  ])
  expect(leading(graph.nodes.bye!, 'next', 'x')).toMatchObject({ next: 'x' })
})

test('a fault is told at its node', () => {
  expect(faultsByNode([{ name: 'graph.nodes.ask.options.1', message: 'no such node' }])).toEqual({
    ask: [{ field: 'options.1', message: 'no such node' }],
  })
})

test('a service leads out by the words of its answer', () => {
  const asked = added(graph, 'lookup')
  const node = leading(asked.graph.nodes[asked.name]!, 'branches.gold', 'bye')
  expect(exits(node).map(({ field, to }) => [field, to])).toEqual([
    ['branches.gold', 'bye'],
    ['otherwise', undefined],
    ['on_no_answer', undefined],
  ])
  const next = renamed({ ...asked.graph, nodes: { ...asked.graph.nodes, [asked.name]: node } }, 'bye', 'end')
  expect(exits(next.nodes[asked.name]!)[0]).toEqual({ field: 'branches.gold', to: 'end' })
  expect(missing(asked.graph).map(({ name }) => name)).toContain(`graph.nodes.${asked.name}.otherwise`)
})
