// How a talk sounds, from what the browser counts.

export interface Quality {
  /** Of the packets of the last seconds, how many per cent never came. */
  lostPercent: number
  jitterMs: number
  rttMs: number | null
}

export type Grade = 'good' | 'fair' | 'poor'

interface Counted {
  lost: number
  received: number
}

const before = new WeakMap<RTCPeerConnection, Counted>()

/** What was counted since one asked last. */
export async function qualityOf(connection: RTCPeerConnection): Promise<Quality | null> {
  let heard: { packetsLost?: number; packetsReceived?: number; jitter?: number } | null = null
  let rttMs: number | null = null
  for (const report of (await connection.getStats()).values()) {
    if (report.type === 'inbound-rtp' && report.kind === 'audio') heard = report
    if (report.type === 'remote-inbound-rtp' && typeof report.roundTripTime === 'number')
      rttMs = Math.round(report.roundTripTime * 1000)
  }
  if (!heard) return null
  const now = { lost: heard.packetsLost ?? 0, received: heard.packetsReceived ?? 0 }
  const last = before.get(connection) ?? { lost: 0, received: 0 }
  before.set(connection, now)
  return {
    lostPercent: share(now.lost - last.lost, now.received - last.received),
    jitterMs: Math.round((heard.jitter ?? 0) * 1000),
    rttMs,
  }
}

function share(lost: number, received: number): number {
  const all = lost + received
  return lost <= 0 || all <= 0 ? 0 : Math.round((1000 * lost) / all) / 10
}

/** What ears make of it: the bounds at which people begin to ask “what?”. */
export function gradeOf({ lostPercent, jitterMs, rttMs }: Quality): Grade {
  if (lostPercent >= 5 || jitterMs >= 60 || (rttMs ?? 0) >= 600) return 'poor'
  if (lostPercent >= 1 || jitterMs >= 30 || (rttMs ?? 0) >= 300) return 'fair'
  return 'good'
}
