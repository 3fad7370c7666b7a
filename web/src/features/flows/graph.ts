// The graph of a flow as the API stores it, and the changes an editor makes to it. Pure.

import { exitsOf, isMore, MORE, MORE_KINDS, type More, missingOf, moreLeading } from './kinds'

export interface Play {
  type: 'play'
  greeting?: string
  next?: string
}
export interface Menu {
  type: 'menu'
  greeting?: string | undefined
  again_greeting?: string | undefined
  invalid_greeting?: string | undefined
  timeout_ms: number
  max_failures: number
  options: Record<string, string>
  on_timeout?: string | undefined
  on_failures?: string | undefined
}
export interface RingGroup {
  type: 'ring_group'
  group?: string
  on_no_answer?: string | undefined
}
export interface Extension {
  type: 'extension'
  extension?: string
  on_no_answer?: string | undefined
}
export interface Queue {
  type: 'queue'
  queue?: string
  on_overflow?: string | undefined
}
export interface OtherFlow {
  type: 'flow'
  flow?: string
}
export interface Hangup {
  type: 'hangup'
  cause?: string
}
export interface Schedule {
  type: 'schedule'
  schedule?: string
  open?: string
  closed?: string
  holiday?: string | undefined
}
export interface Caller {
  type: 'caller'
  vip?: string | undefined
  anonymous?: string | undefined
  otherwise?: string
}
export type Node = Play | Menu | RingGroup | Extension | Queue | OtherFlow | Schedule | Caller | Hangup | More
export type Kind = Node['type']

export type Graph = {
  start: string
  nodes: Record<string, Node>
}

/** What the API keeps as a graph. It was checked by the server, which alone writes it. */
export const graphOf = (flow: { graph: Record<string, unknown> }): Graph => flow.graph as Graph

export const KINDS: Kind[] = [
  'menu',
  'play',
  'ring_group',
  'extension',
  'queue',
  'flow',
  'schedule',
  'caller',
  ...MORE_KINDS,
  'hangup',
]
export const DIGITS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '0', '*', '#']

/** A way out of a node: its field, and where it leads. */
export interface Exit {
  field: string
  to: string | undefined
}

/** The ways out of a node; those that lead nowhere yet too. */
export function exits(node: Node): Exit[] {
  if (isMore(node)) return exitsOf(node)
  switch (node.type) {
    case 'play':
      return [{ field: 'next', to: node.next }]
    case 'menu':
      return [
        ...DIGITS.filter((digit) => digit in node.options).map((digit) => ({
          field: `options.${digit}`,
          to: node.options[digit],
        })),
        { field: 'on_timeout', to: node.on_timeout },
        { field: 'on_failures', to: node.on_failures },
      ]
    case 'ring_group':
    case 'extension':
      return [{ field: 'on_no_answer', to: node.on_no_answer }]
    case 'queue':
      return [{ field: 'on_overflow', to: node.on_overflow }]
    case 'schedule':
      return [
        { field: 'open', to: node.open },
        { field: 'closed', to: node.closed },
        { field: 'holiday', to: node.holiday },
      ]
    case 'caller':
      return [
        { field: 'vip', to: node.vip },
        { field: 'anonymous', to: node.anonymous },
        { field: 'otherwise', to: node.otherwise },
      ]
    case 'flow':
    case 'hangup':
      return []
  }
}

/** The node with one way out leading elsewhere, or nowhere. */
export function leading(node: Node, field: string, to: string | undefined): Node {
  if (isMore(node)) return moreLeading(node, field, to)
  if (node.type === 'menu' && field.startsWith('options.')) {
    const digit = field.slice('options.'.length)
    return { ...node, options: { ...node.options, [digit]: to ?? '' } }
  }
  return { ...node, [field]: to } as Node
}

export function withNode(graph: Graph, name: string, node: Node): Graph {
  return { ...graph, nodes: { ...graph.nodes, [name]: node } }
}

/** The words for a way out: `next` of a greeting waits for its end. */
export const exitWord = (node: Node, field: string) =>
  isMore(node) && field === 'next' ? 'afterwards' : field

/** Whether a way out has to lead somewhere. */
export const exitMust = (node: Node, field: string) =>
  field.includes('.') ||
  (isMore(node) ? MORE[node.type].must : ['next', 'open', 'closed', 'otherwise']).includes(field)

const FRESH: Record<Exclude<Kind, More['type']>, Node> = {
  play: { type: 'play' },
  menu: { type: 'menu', timeout_ms: 5000, max_failures: 3, options: { '1': '' } },
  ring_group: { type: 'ring_group' },
  extension: { type: 'extension' },
  queue: { type: 'queue' },
  flow: { type: 'flow' },
  schedule: { type: 'schedule' },
  caller: { type: 'caller' },
  hangup: { type: 'hangup' },
}

const freshNode = (kind: Kind): Node =>
  kind in MORE ? MORE[kind as More['type']].fresh : FRESH[kind as Exclude<Kind, More['type']>]

/** A new node of a kind under a free name; the first one is the start. */
export function added(graph: Graph, kind: Kind): { graph: Graph; name: string } {
  let n = 1
  while (`${kind}_${n}` in graph.nodes) n++
  const name = `${kind}_${n}`
  const start = graph.start in graph.nodes ? graph.start : name
  return { graph: { start, nodes: { ...graph.nodes, [name]: freshNode(kind) } }, name }
}

/** Without the node; ways that led to it lead nowhere. */
export function removed(graph: Graph, name: string): Graph {
  const { [name]: _gone, ...rest } = graph.nodes
  const nodes = Object.fromEntries(
    Object.entries(rest).map(([key, node]) => [key, redirected(node, name, undefined)]),
  )
  return { start: graph.start === name ? (Object.keys(nodes)[0] ?? '') : graph.start, nodes }
}

/** The node under another name; every way to it follows. */
export function renamed(graph: Graph, from: string, to: string): Graph {
  if (to === from || to === '' || to in graph.nodes) return graph
  const nodes = Object.fromEntries(
    Object.entries(graph.nodes).map(([key, node]) => [key === from ? to : key, redirected(node, from, to)]),
  )
  return { start: graph.start === from ? to : graph.start, nodes }
}

function redirected(node: Node, from: string, to: string | undefined): Node {
  return exits(node)
    .filter((exit) => exit.to === from)
    .reduce((changed, exit) => leading(changed, exit.field, to), node)
}

/** The graph as the API takes it: without empty fields, except those it should complain about. */
export function forApi(graph: Graph): Graph {
  const clean = (node: Node) =>
    Object.fromEntries(
      Object.entries(node).filter(
        ([key, value]) => key === 'type' || (value !== undefined && value !== '' && value !== null),
      ),
    )
  return {
    start: graph.start,
    nodes: Object.fromEntries(
      Object.entries(graph.nodes).map(([key, node]) => [key, clean(node) as unknown as Node]),
    ),
  }
}

/** `graph.nodes.welcome.options.1` is about the field `options.1` of `welcome`. */
export function faultsByNode(
  fields: { name: string; message: string }[],
): Record<string, { field: string; message: string }[]> {
  const found: Record<string, { field: string; message: string }[]> = {}
  for (const { name, message } of fields) {
    const [, node = '', field = ''] = /^graph\.nodes\.([\w-]+)\.?(.*)$/.exec(name) ?? []
    const list = found[node] ?? []
    list.push({ field, message })
    found[node] = list
  }
  return found
}

/** What can be seen to be missing before the API is asked. */
export function missing(graph: Graph): { name: string; message: string }[] {
  const found: { name: string; message: string }[] = []
  for (const [name, node] of Object.entries(graph.nodes)) {
    if (isMore(node)) {
      for (const field of missingOf(node))
        found.push({ name: `graph.nodes.${name}.${field}`, message: 'missing_more' })
      continue
    }
    const needs: Record<string, string | undefined> =
      node.type === 'play'
        ? { greeting: node.greeting, next: node.next }
        : node.type === 'ring_group'
          ? { group: node.group }
          : node.type === 'extension'
            ? { extension: node.extension }
            : node.type === 'flow'
              ? { flow: node.flow }
              : node.type === 'queue'
                ? { queue: node.queue }
                : {}
    for (const [field, value] of Object.entries(needs))
      if (!value) found.push({ name: `graph.nodes.${name}.${field}`, message: `missing_${field}` })
    if (node.type === 'menu')
      for (const [digit, to] of Object.entries(node.options))
        if (!to) found.push({ name: `graph.nodes.${name}.options.${digit}`, message: 'missing_option' })
  }
  return found
}
