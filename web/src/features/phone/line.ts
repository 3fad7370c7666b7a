import { type Quality, qualityOf } from './quality'
import type { PhoneEvent } from './state'

// The SIP side of the phone in the browser: registers over the WebSocket of this very server and turns what the stack
// says into events. Loaded when somebody has a phone.

type Ua = import('jssip').UA
type Session = import('jssip/lib/RTCSession').RTCSession

export interface Account {
  number: string
  name: string
  password: string
  domain: string
}

export interface LineOptions {
  account: Account
  tell: (event: PhoneEvent) => void
  /** Which microphone, when one was chosen. */
  microphone: () => string | undefined
  /** The far side's sound. */
  sound: (stream: MediaStream | null) => void
  /** Whether a call that is offered was asked for by this very page, and is answered by itself. */
  wanted: (call: string) => boolean
}

export interface PhoneLine {
  dial: (number: string) => void
  answer: () => void
  hangup: () => void
  mute: (on: boolean) => void
  hold: (on: boolean) => void
  key: (key: string) => void
  /** Hands the call over without asking; whether it was taken. */
  transfer: (number: string) => Promise<boolean>
  /** Puts the call on hold and calls somebody else. */
  consult: (number: string) => void
  /** Hands the one who waits over to the one asked; whether it was taken. */
  join: () => Promise<boolean>
  /** How it sounds just now; null while nobody talks. */
  quality: () => Promise<Quality | null>
  close: () => void
}

const PATH = '/ws/sip'
const REGISTER_S = 120
/** Tells which call of the server an offer belongs to. */
const CALL_HEADER = 'X-Alo-Call-Id'

export async function openLine(options: LineOptions): Promise<PhoneLine> {
  const { account, tell, microphone, sound } = options
  const { UA, WebSocketInterface } = await import('jssip')
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
  const ua: Ua = new UA({
    sockets: [new WebSocketInterface(`${scheme}://${location.host}${PATH}`)],
    uri: `sip:${account.number}@${account.domain}`,
    display_name: account.name,
    password: account.password,
    register_expires: REGISTER_S,
    session_timers: false,
    user_agent: 'Alo web',
  })
  let present: Session | null = null
  let waiting: Session | null = null
  const streams = new WeakMap<Session, MediaStream>()
  const play = () => sound((present && streams.get(present)) ?? null)
  const over = (session: Session) => {
    if (session === waiting) waiting = null
    if (session !== present) return
    present = waiting
    waiting = null
    // Who waited is expected back.
    present?.unhold()
    play()
  }
  ua.on('connecting', () => tell({ type: 'line', line: 'connecting' }))
  ua.on('registered', () => tell({ type: 'line', line: 'ready' }))
  ua.on('registrationFailed', () => tell({ type: 'line', line: 'failed' }))
  ua.on('disconnected', () => tell({ type: 'line', line: 'connecting' }))
  ua.on('newRTCSession', ({ session, request }: { session: Session; request: Asking }) => {
    if (present || (waiting && session.direction === 'incoming'))
      return session.terminate({ status_code: 486 })
    present = session
    const call = session.direction === 'incoming' ? (request.getHeader(CALL_HEADER) ?? null) : null
    const hear = (stream: MediaStream) => {
      streams.set(session, stream)
      play()
    }
    follow(session, call, { tell, hear, over: () => over(session) })
    if (call && options.wanted(call)) session.answer(media())
  })
  ua.start()
  const media = () => {
    const chosen = microphone()
    const audio = {
      echoCancellation: true,
      noiseSuppression: true,
      ...(chosen ? { deviceId: { ideal: chosen } } : {}),
    }
    return { mediaConstraints: { audio, video: false }, pcConfig: { iceServers: [] } }
  }
  const addressOf = (number: string) => `sip:${encodeURIComponent(number)}@${account.domain}`
  const dial = (number: string) => void ua.call(addressOf(number), media())
  return {
    dial,
    answer: () => present?.answer(media()),
    hangup: () => {
      if (present) tell({ type: 'hangup', id: present.id })
      present?.terminate()
    },
    mute: (on) => (on ? present?.mute({ audio: true }) : present?.unmute({ audio: true })),
    hold: (on) => void (on ? present?.hold() : present?.unhold()),
    key: (key) => {
      if (!present) return
      present.sendDTMF(key, { transportType: 'RFC2833' as never })
      tell({ type: 'key', id: present.id, key })
    },
    transfer: (number) => (present ? handOver(present, addressOf(number), tell) : Promise.resolve(false)),
    consult: (number) => {
      if (!present?.isEstablished() || waiting) return
      present.hold()
      waiting = present
      present = null
      tell({ type: 'consult' })
      play()
      dial(number)
    },
    join: () =>
      present?.isEstablished() && waiting
        ? handOver(waiting, present.remote_identity.uri.toString(), tell, present)
        : Promise.resolve(false),
    quality: async () => (present?.connection ? qualityOf(present.connection) : null),
    close: () => ua.stop(),
  }
}

interface Asking {
  getHeader: (name: string) => string | undefined
}

/** Asks the server to put somebody else in one's place (RFC 3515, RFC 3891 when one talks with them already). */
function handOver(
  session: Session,
  target: string,
  tell: LineOptions['tell'],
  replaces?: Session,
): Promise<boolean> {
  const { id } = session
  tell({ type: 'transferring', id, on: true })
  return new Promise((resolve) => {
    const done = (taken: boolean) => () => {
      if (!taken) tell({ type: 'transferring', id, on: false })
      resolve(taken)
    }
    const eventHandlers = { accepted: done(true), failed: done(false), requestFailed: done(false) }
    session.on('ended', done(true))
    session.refer(target, { eventHandlers, ...(replaces ? { replaces } : {}) })
  })
}

interface Followers {
  tell: LineOptions['tell']
  hear: (stream: MediaStream) => void
  over: () => void
}

/** Tells what happens to a call, from its first word to its last. */
function follow(session: Session, call: string | null, { tell, hear, over }: Followers): void {
  const { id } = session
  const { user = '', display_name: name } = {
    user: session.remote_identity.uri.user,
    display_name: session.remote_identity.display_name,
  }
  const number = decodeURIComponent(user)
  const at = () => Date.now()
  if (session.direction === 'incoming')
    tell({ type: 'offered', id, number, name: name ?? '', at: at(), call })
  else tell({ type: 'dialled', id, number, at: at() })
  const listen = (connection: RTCPeerConnection) =>
    connection.addEventListener('track', ({ streams, track }) => hear(streams[0] ?? new MediaStream([track])))
  if (session.connection) listen(session.connection)
  session.on('peerconnection', ({ peerconnection }) => listen(peerconnection))
  session.on('progress', () => tell({ type: 'progress', id }))
  session.on('accepted', () => tell({ type: 'answered', id, at: at() }))
  session.on('muted', () => tell({ type: 'muted', id, on: true }))
  session.on('unmuted', () => tell({ type: 'muted', id, on: false }))
  session.on('hold', ({ originator }) => originator === 'local' && tell({ type: 'held', id, on: true }))
  session.on('unhold', ({ originator }) => originator === 'local' && tell({ type: 'held', id, on: false }))
  const end = ({ cause }: { cause: string }) => {
    tell({ type: 'ended', id, cause, at: at() })
    over()
  }
  session.on('ended', end)
  session.on('failed', end)
}
