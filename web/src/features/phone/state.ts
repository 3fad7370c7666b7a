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
}

export interface PhoneState {
  line: Line
  call: PhoneCall | null
  /** The call that ended last: why, and for how long it lasted. */
  last: { number: string; cause: string; talkMs: number } | null
}

export type PhoneEvent =
  | { type: 'line'; line: Line }
  | { type: 'dialled'; id: string; number: string; at: number }
  | { type: 'offered'; id: string; number: string; name: string; at: number }
  | { type: 'progress'; id: string }
  | { type: 'answered'; id: string; at: number }
  | { type: 'muted'; id: string; on: boolean }
  | { type: 'held'; id: string; on: boolean }
  | { type: 'key'; id: string; key: string }
  | { type: 'hangup'; id: string }
  | { type: 'ended'; id: string; cause: string; at: number }

export const IDLE: PhoneState = { line: 'off', call: null, last: null }

export function phone(state: PhoneState, event: PhoneEvent): PhoneState {
  switch (event.type) {
    case 'line':
      return { ...state, line: event.line }
    case 'dialled':
    case 'offered':
      // One call at a time: what comes beside it is refused by the one who drives us.
      return state.call ? state : { ...state, call: begun(event), last: null }
    default:
      return state.call?.id === event.id ? within(state, state.call, event) : state
  }
}

type Beginning = Extract<PhoneEvent, { type: 'dialled' | 'offered' }>

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
  }
}

function within(
  state: PhoneState,
  call: PhoneCall,
  event: Exclude<PhoneEvent, Beginning | { type: 'line' }>,
): PhoneState {
  const put = (part: Partial<PhoneCall>): PhoneState => ({ ...state, call: { ...call, ...part } })
  switch (event.type) {
    case 'progress':
      return call.state === 'dialling' ? put({ state: 'ringing' }) : state
    case 'answered':
      return call.state === 'ending'
        ? state
        : put({ state: 'talking', answeredAt: call.answeredAt ?? event.at })
    case 'muted':
      return put({ muted: event.on })
    case 'held':
      return put({ held: event.on })
    case 'key':
      return put({ keys: (call.keys + event.key).slice(-24) })
    case 'hangup':
      return put({ state: 'ending' })
    case 'ended': {
      const talkMs = call.answeredAt === null ? 0 : Math.max(0, event.at - call.answeredAt)
      return { ...state, call: null, last: { number: call.number, cause: event.cause, talkMs } }
    }
  }
}
