// The softphone as one pure reducer: what the line and the buttons do to what is shown. The SIP stack is driven by the
// commands that come out; it never decides.

export type Line = 'off' | 'connecting' | 'ready' | 'failed' | 'taken'

export type Talk = 'dialling' | 'ringing' | 'incoming' | 'talking' | 'ending'

export interface PhoneCall {
  id: string
  direction: 'in' | 'out'
  number: string
  name: string
  state: Talk
  startedAt: number
  answeredAt: number | null
  muted: boolean
  held: boolean
  /** Keys pressed during the talk. */
  keys: string
  /** It is being handed over to somebody. */
  transferring: boolean
  /** The server's id of the call, once it is known. */
  call: string | null
  /** One takes part beside those who talk, as a supervisor or a party. */
  beside: boolean
}

/** A call that is over: why, for how long it lasted, and which it was when it was one's own. */
export interface Over {
  number: string
  cause: string
  talkMs: number
  call: string | null
}

export interface PhoneState {
  line: Line
  call: PhoneCall | null
  /** The call that is on hold while one asks somebody else. */
  waiting: PhoneCall | null
  /** The call that ended last. */
  last: Over | null
}

export type PhoneEvent =
  | { type: 'line'; line: Line }
  | { type: 'dialled'; id: string; number: string; at: number }
  | { type: 'offered'; id: string; number: string; name: string; at: number; call?: string | null }
  | { type: 'consult' }
  | { type: 'forget' }
  | { type: 'progress'; id: string }
  | { type: 'answered'; id: string; at: number }
  | { type: 'muted'; id: string; on: boolean }
  | { type: 'held'; id: string; on: boolean }
  | { type: 'key'; id: string; key: string }
  | { type: 'known'; id: string; call: string; beside: boolean }
  | { type: 'transferring'; id: string; on: boolean }
  | { type: 'hangup'; id: string }
  | { type: 'ended'; id: string; cause: string; at: number }

export const IDLE: PhoneState = { line: 'off', call: null, waiting: null, last: null }

export function phone(state: PhoneState, event: PhoneEvent): PhoneState {
  switch (event.type) {
    case 'line':
      return { ...state, line: event.line }
    case 'dialled':
    case 'offered':
      // One call at a time: what comes beside it is refused by the one who drives us.
      return state.call ? state : { ...state, call: begun(event), last: null }
    case 'consult':
      // Room for a second call; the first waits on hold.
      return state.call?.state === 'talking' && !state.waiting
        ? { ...state, call: null, waiting: state.call }
        : state
    case 'forget':
      return { ...state, last: null }
    default:
      return one(state, event)
  }
}

type Beginning = Extract<PhoneEvent, { type: 'dialled' | 'offered' }>
type Happening = Exclude<PhoneEvent, Beginning | { type: 'line' | 'consult' | 'forget' }>

function begun(event: Beginning): PhoneCall {
  const incoming = event.type === 'offered'
  return {
    id: event.id,
    direction: incoming ? 'in' : 'out',
    number: event.number,
    name: incoming ? event.name : '',
    state: incoming ? 'incoming' : 'dialling',
    startedAt: event.at,
    answeredAt: null,
    muted: false,
    held: false,
    keys: '',
    transferring: false,
    call: incoming ? (event.call ?? null) : null,
    beside: false,
  }
}

/** What happens to the call that is up, or to the one that waits. */
function one(state: PhoneState, event: Happening): PhoneState {
  if (state.call?.id === event.id) {
    // The one that waited is there again.
    if (event.type === 'ended')
      return { ...state, call: state.waiting, waiting: null, last: over(state.call, event) }
    const call = within(state.call, event)
    return call === state.call ? state : { ...state, call }
  }
  if (state.waiting?.id !== event.id) return state
  if (event.type === 'ended') return { ...state, waiting: null, last: over(state.waiting, event) }
  return { ...state, waiting: within(state.waiting, event) }
}

function over(call: PhoneCall, event: Extract<PhoneEvent, { type: 'ended' }>): Over {
  const talkMs = call.answeredAt === null ? 0 : Math.max(0, event.at - call.answeredAt)
  return { number: call.number, cause: event.cause, talkMs, call: call.beside ? null : call.call }
}

function within(call: PhoneCall, event: Exclude<Happening, { type: 'ended' }>): PhoneCall {
  switch (event.type) {
    case 'progress':
      return call.state === 'dialling' ? { ...call, state: 'ringing' } : call
    case 'answered':
      return call.state === 'ending'
        ? call
        : { ...call, state: 'talking', answeredAt: call.answeredAt ?? event.at }
    case 'muted':
      return { ...call, muted: event.on }
    case 'held':
      return { ...call, held: event.on }
    case 'key':
      return { ...call, keys: (call.keys + event.key).slice(-24) }
    case 'known':
      return { ...call, call: event.call, beside: event.beside }
    case 'transferring':
      return { ...call, transferring: event.on }
    case 'hangup':
      return { ...call, state: 'ending' }
  }
}
