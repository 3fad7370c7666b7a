// Times and lengths in the reader's language and the company's time zone; clocks follow the server, not the computer.

let ahead = 0

/** Notes the server's clock, milliseconds since 1970. */
export function syncClock(serverNow: number): void {
  ahead = serverNow - Date.now()
}

/** Now, by the server's clock. */
export function serverNow(): number {
  return Date.now() + ahead
}

let zone: string | undefined
let language = 'vi'

export function setZone(timeZone: string): void {
  zone = timeZone
}

export function setTimeLanguage(code: string): void {
  language = code
}

const formats = new Map<string, Intl.DateTimeFormat>()

function format(at: number, options: Intl.DateTimeFormatOptions): string {
  const key = `${language}|${zone}|${JSON.stringify(options)}`
  let known = formats.get(key)
  if (!known) {
    known = new Intl.DateTimeFormat(language === 'vi' ? 'vi-VN' : 'en-GB', { ...options, timeZone: zone })
    formats.set(key, known)
  }
  return known.format(at)
}

export const clock = (at: number): string =>
  format(at, { hour: '2-digit', minute: '2-digit', second: '2-digit' })
export const day = (at: number): string => format(at, { day: '2-digit', month: '2-digit', year: 'numeric' })
export const dayShort = (at: number): string => format(at, { day: '2-digit', month: '2-digit' })

export const hourOf = (at: number): string => format(at, { hour: '2-digit', minute: '2-digit' })
export const monthOf = (at: number): string => format(at, { month: '2-digit', year: 'numeric' })

/** The day in the company's time zone as the API writes it: 2026-11-23. */
export const dayIso = (at: number): string =>
  new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).format(at)

/** Day and time; today only the time. */
export function when(at: number): string {
  return day(at) === day(serverNow()) ? clock(at) : `${dayShort(at)} ${clock(at)}`
}

export const whenFull = (at: number): string => `${day(at)} ${clock(at)}`

/** 75 000 ms is 1:15. */
export function length(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  const two = (n: number) => String(n).padStart(2, '0')
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`
}

/** Midnight of the day before so many days, in the company's time zone. */
export function startOfDay(at: number): number {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
    hourCycle: 'h23',
  }).formatToParts(at)
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value ?? 0)
  return at - (of('hour') * 3600 + of('minute') * 60 + of('second')) * 1000 - (at % 1000)
}

/** The moment at which the company's clocks show this: 2026-12-31T09:00. */
export function momentOf(wall: string): number {
  const wanted = Date.parse(`${wall}:00Z`)
  const clocks = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' })
  const shown = (at: number) => Date.parse(`${clocks.format(at).replace(' ', 'T')}Z`)
  // Twice, because the first guess may lie on the other side of a change to summer time.
  const guess = wanted - (shown(wanted) - wanted)
  return guess - (shown(guess) - wanted)
}
