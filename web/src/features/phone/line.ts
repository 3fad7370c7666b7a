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
}

export interface PhoneLine {
  dial: (number: string) => void
  answer: () => void
  hangup: () => void
  mute: (on: boolean) => void
  hold: (on: boolean) => void
  key: (key: string) => void
  close: () => void
}

const PATH = '/ws/sip'
const REGISTER_S = 120

export async function openLine({ account, tell, microphone, sound }: LineOptions): Promise<PhoneLine> {
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
  ua.on('connecting', () => tell({ type: 'line', line: 'connecting' }))
  ua.on('registered', () => tell({ type: 'line', line: 'ready' }))
  ua.on('registrationFailed', () => tell({ type: 'line', line: 'failed' }))
  ua.on('disconnected', () => tell({ type: 'line', line: 'connecting' }))
  ua.on('newRTCSession', ({ session }: { session: Session }) => {
    if (present) return session.terminate({ status_code: 486 })
    present = session
    follow(session, tell, sound, () => {
      present = null
    })
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
  return {
    dial: (number) => void ua.call(`sip:${encodeURIComponent(number)}@${account.domain}`, media()),
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
    close: () => ua.stop(),
  }
}

/** Tells what happens to a call, from its first word to its last. */
function follow(
  session: Session,
  tell: (event: PhoneEvent) => void,
  sound: LineOptions['sound'],
  over: () => void,
): void {
  const { id } = session
  const { user = '', display_name: name } = {
    user: session.remote_identity.uri.user,
    display_name: session.remote_identity.display_name,
  }
  const number = decodeURIComponent(user)
  const at = () => Date.now()
  if (session.direction === 'incoming') tell({ type: 'offered', id, number, name: name ?? '', at: at() })
  else tell({ type: 'dialled', id, number, at: at() })
  const hear = (connection: RTCPeerConnection) =>
    connection.addEventListener('track', ({ streams, track }) =>
      sound(streams[0] ?? new MediaStream([track])),
    )
  if (session.connection) hear(session.connection)
  session.on('peerconnection', ({ peerconnection }) => hear(peerconnection))
  session.on('progress', () => tell({ type: 'progress', id }))
  session.on('accepted', () => tell({ type: 'answered', id, at: at() }))
  session.on('muted', () => tell({ type: 'muted', id, on: true }))
  session.on('unmuted', () => tell({ type: 'muted', id, on: false }))
  session.on('hold', ({ originator }) => originator === 'local' && tell({ type: 'held', id, on: true }))
  session.on('unhold', ({ originator }) => originator === 'local' && tell({ type: 'held', id, on: false }))
  const end = ({ cause }: { cause: string }) => {
    over()
    sound(null)
    tell({ type: 'ended', id, cause, at: at() })
  }
  session.on('ended', end)
  session.on('failed', end)
}
