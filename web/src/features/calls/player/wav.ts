// The recordings of Alo: 16-bit PCM in a WAV file. What is cut out of one is again a whole file.

export interface Wav {
  rate: number
  channels: number
  /** Where the samples begin in the file, and how many bytes they are. */
  start: number
  bytes: number
}

/** Reads the head of a WAV file; null when it is none of ours. */
export function readHead(head: DataView, fileBytes: number): Wav | null {
  const word = (at: number) => String.fromCharCode(...[0, 1, 2, 3].map((n) => head.getUint8(at + n)))
  if (head.byteLength < 44 || word(0) !== 'RIFF' || word(8) !== 'WAVE') return null
  let at = 12
  let format: { rate: number; channels: number } | null = null
  while (at + 8 <= head.byteLength) {
    const size = head.getUint32(at + 4, true)
    if (word(at) === 'fmt ' && at + 24 <= head.byteLength) {
      if (head.getUint16(at + 22, true) !== 16) return null
      format = { channels: head.getUint16(at + 10, true), rate: head.getUint32(at + 12, true) }
    } else if (word(at) === 'data' && format) {
      return { ...format, start: at + 8, bytes: Math.min(size, fileBytes - at - 8) }
    }
    at += 8 + size + (size % 2)
  }
  return null
}

/** The bytes of the file, first and last, that sound from one second to another. */
export function bytesBetween(wav: Wav, from: number, to: number): [number, number] {
  const frame = wav.channels * 2
  const at = (seconds: number) => Math.min(wav.bytes, Math.max(0, Math.round(seconds * wav.rate) * frame))
  return [wav.start + at(from), wav.start + Math.max(at(from) + frame, at(to)) - 1]
}

/** A whole file around some samples. */
export function wrap(wav: Wav, samples: ArrayBuffer): Blob {
  const head = new DataView(new ArrayBuffer(44))
  const put = (at: number, text: string) => {
    for (let n = 0; n < text.length; n++) head.setUint8(at + n, text.charCodeAt(n))
  }
  put(0, 'RIFF')
  head.setUint32(4, 36 + samples.byteLength, true)
  put(8, 'WAVEfmt ')
  head.setUint32(16, 16, true)
  head.setUint16(20, 1, true)
  head.setUint16(22, wav.channels, true)
  head.setUint32(24, wav.rate, true)
  head.setUint32(28, wav.rate * wav.channels * 2, true)
  head.setUint16(32, wav.channels * 2, true)
  head.setUint16(34, 16, true)
  put(36, 'data')
  head.setUint32(40, samples.byteLength, true)
  return new Blob([head.buffer as ArrayBuffer, samples], { type: 'audio/wav' })
}

/** Stretches in which nobody speaks for at least so many seconds. */
export function silences(
  channels: Float32Array[],
  rate: number,
  least = 1.2,
  loud = 0.012,
): [number, number][] {
  const step = Math.max(1, Math.round(rate / 50))
  const found: [number, number][] = []
  let began: number | null = 0
  const count = channels[0]?.length ?? 0
  for (let at = 0; at < count; at += step) {
    const quiet = channels.every((channel) => peak(channel, at, step) < loud)
    if (quiet) began ??= at
    else {
      if (began !== null && (at - began) / rate >= least) found.push([began / rate, at / rate])
      began = null
    }
  }
  if (began !== null && (count - began) / rate >= least) found.push([began / rate, count / rate])
  return found
}

function peak(channel: Float32Array, from: number, length: number): number {
  let most = 0
  for (let at = from; at < Math.min(channel.length, from + length); at++)
    most = Math.max(most, Math.abs(channel[at] ?? 0))
  return most
}
