import type { Schema } from '~/api/client'

// The calls that are up, as a pure fold of live events.

/** Where a call is on its way. */
export type Stage = 'arriving' | 'ringing' | 'talking' | 'held'

/** Somebody who takes part beside the two who talk. */
export interface Other {
  leg: number
  /** Their number, when it is one of ours. */
  extension: string | null
  role: 'supervisor' | 'party'
  /** In which way a supervisor takes part. */
  mode: string | null
}

export interface LiveCall {
  id: string
  direction: string
  from: string
  to: string
  hotline: string | null
  /** The numbers of the extensions that ring, or of those that talk. */
  extensions: string[]
  startedAt: number
  answeredAt: number | null
  held: boolean
  ringing: boolean
  /** The keys pressed, the newest last. */
  keys: string
  others: Other[]
}

export type Board = Readonly<Record<string, LiveCall>>

/** One message of the live socket. */
export interface LiveEvent {
  seq: number
  type: string
  at: number
  call_id: string | null
  data: Record<string, unknown>
}

export function stageOf(call: LiveCall): Stage {
  if (call.held) return 'held'
  if (call.answeredAt !== null) return 'talking'
  return call.ringing ? 'ringing' : 'arriving'
}

/** The board after the event; the same board when the event changes nothing. */
export function fold(board: Board, event: LiveEvent): Board {
  const id = event.call_id
  if (id === null || !event.type.startsWith('call.')) return board
  if (event.type === 'call.ended') return without(board, id)
  if (event.type === 'call.started') return { ...board, [id]: started(id, event) }
  const call = board[id]
  if (!call) return board
  const next = changed(call, event)
  return next === call ? board : { ...board, [id]: next }
}

function started(id: string, { data, at }: LiveEvent): LiveCall {
  const extension = text(data.extension)
  return {
    id,
    direction: text(data.direction) ?? 'inbound',
    from: text(data.from) ?? '',
    to: text(data.to) ?? '',
    hotline: text(data.hotline),
    extensions: extension ? [extension] : [],
    startedAt: number(data.at) ?? at,
    answeredAt: null,
    held: false,
    ringing: false,
    keys: '',
    others: [],
  }
}

function changed(call: LiveCall, { type, data, at }: LiveEvent): LiveCall {
  const extension = text(data.extension)
  const callee = data.side === 'callee'
  switch (type) {
    case 'call.ringing':
      return { ...call, ringing: true, extensions: withOne(call.extensions, extension) }
    case 'call.answered':
      if (!callee) return call
      return { ...call, answeredAt: number(data.at) ?? at, extensions: talkers(call, extension) }
    case 'call.held':
      return { ...call, held: true }
    case 'call.resumed':
      return { ...call, held: false }
    case 'call.joined':
      return { ...call, others: [...gone(call.others, data), otherOf(data)] }
    case 'call.left':
    // Who takes over is no longer beside them.
    case 'call.transferred':
      return { ...call, others: gone(call.others, data) }
    case 'call.supervised':
      return {
        ...call,
        others: call.others.map((one) => (one.leg === data.leg ? { ...one, mode: text(data.mode) } : one)),
      }
    case 'call.digit':
      return { ...call, keys: (call.keys + (text(data.digit) ?? '')).slice(-12) }
    default:
      return call
  }
}

const gone = (others: Other[], data: LiveEvent['data']) => others.filter(({ leg }) => leg !== data.leg)

const otherOf = (data: LiveEvent['data']): Other => ({
  leg: number(data.leg) ?? 0,
  extension: text(data.extension),
  role: data.as === 'party' ? 'party' : 'supervisor',
  mode: text(data.mode),
})

/** The caller's own extension stays; of those that rang only the one that answered does. */
function talkers(call: LiveCall, answered: string | null): string[] {
  if (!answered) return call.extensions
  const caller = call.direction === 'inbound' ? [] : call.extensions.slice(0, 1)
  return [...caller.filter((one) => one !== answered), answered]
}

/** The board as the server lists it. */
export function fromList(items: Schema['LiveCall'][], number: (extensionId: string) => string): Board {
  return Object.fromEntries(
    items.map((item) => [
      item.id,
      {
        id: item.id,
        direction: item.direction,
        from: item.from,
        to: item.to,
        hotline: item.hotline_id ?? null,
        extensions: item.extension_ids.map(number),
        startedAt: item.started_at,
        answeredAt: item.answered_at ?? null,
        held: item.held,
        ringing: item.extension_ids.length > 0,
        keys: '',
        others: othersOf(item, number),
      },
    ]),
  )
}

/** Who takes part beside the two who talk, as the server lists them. */
export function othersOf(item: Schema['LiveCall'], number: (extensionId: string) => string): Other[] {
  return item.others.map(({ leg, extension_id, as, mode }) => ({
    leg,
    extension: extension_id ? number(extension_id) : null,
    role: as === 'party' ? 'party' : 'supervisor',
    mode: mode ?? null,
  }))
}

function without(board: Board, id: string): Board {
  if (!(id in board)) return board
  const { [id]: _gone, ...rest } = board
  return rest
}

const withOne = (list: string[], one: string | null) => (one && !list.includes(one) ? [...list, one] : list)
const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)
const number = (value: unknown): number | null => (typeof value === 'number' ? value : null)
