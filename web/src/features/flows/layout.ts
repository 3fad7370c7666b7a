import { exits, type Graph } from './graph'

// Where the nodes stand: in columns by their distance from the start. The API keeps no places, so the same graph always
// looks the same.

const COLUMN_PX = 300
const GAP_PX = 28

export interface Place {
  x: number
  y: number
}

/** The height a node will have, so that nodes below it do not overlap. */
export function heightOf(ways: number): number {
  return 74 + ways * 28
}

export function layout(graph: Graph): Record<string, Place> {
  const column = columns(graph)
  const next: number[] = []
  const places: Record<string, Place> = {}
  for (const name of inOrder(graph, column)) {
    const n = column[name] ?? 0
    const y = next[n] ?? 0
    places[name] = { x: n * COLUMN_PX, y }
    const node = graph.nodes[name]
    next[n] = y + heightOf(node ? exits(node).length : 0) + GAP_PX
  }
  return places
}

/** How many steps from the start; what cannot be reached stands after everything else. */
function columns(graph: Graph): Record<string, number> {
  const found: Record<string, number> = {}
  let frontier = graph.start in graph.nodes ? [graph.start] : []
  for (let n = 0; frontier.length > 0; n++) {
    for (const name of frontier) found[name] = n
    const ways = frontier.flatMap((name) =>
      graph.nodes[name] ? exits(graph.nodes[name]).map(({ to }) => to) : [],
    )
    frontier = [...new Set(ways)].filter((to): to is string => !!to && to in graph.nodes && !(to in found))
  }
  const last = Math.max(-1, ...Object.values(found)) + 1
  for (const name of Object.keys(graph.nodes)) found[name] ??= last
  return found
}

function inOrder(graph: Graph, column: Record<string, number>): string[] {
  const order: string[] = []
  const seen = new Set<string>()
  const visit = (name: string) => {
    const node = graph.nodes[name]
    if (!node || seen.has(name)) return
    seen.add(name)
    order.push(name)
    for (const { to } of exits(node)) if (to) visit(to)
  }
  visit(graph.start)
  for (const name of Object.keys(graph.nodes)) visit(name)
  return order.sort((a, b) => (column[a] ?? 0) - (column[b] ?? 0))
}
