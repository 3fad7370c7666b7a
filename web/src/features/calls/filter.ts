import { startOfDay } from '~/lib/time'

// What the list of calls shows, as it stands in the address.

export const DIRECTIONS = ['inbound', 'outbound', 'internal'] as const
export const STATUSES = ['answered', 'no_answer', 'busy', 'declined', 'cancelled', 'failed'] as const
export const SPANS = ['today', 'yesterday', '7d', '30d'] as const

export interface CallSearch {
  direction?: string
  status?: string
  extension?: string
  number?: string
  hotline?: string
  /** What came of it; `missing` while nobody has said. */
  disposition?: string
  queue?: string
  span?: string
  /** Days of a free range, 2026-11-23. */
  from?: string
  to?: string
}

const KNOWN: (keyof CallSearch)[] = [
  'direction',
  'status',
  'extension',
  'number',
  'hotline',
  'disposition',
  'queue',
  'span',
  'from',
  'to',
]
const DAY_MS = 86_400_000

/** Keeps of an address what this list knows. */
export function cleanCalls(search: Record<string, unknown>): CallSearch {
  const kept = KNOWN.flatMap((key) => {
    const value = search[key]
    return value === undefined || value === null || value === '' ? [] : [[key, String(value)]]
  })
  return Object.fromEntries(kept) as CallSearch
}

/** What the API is asked for; spans count from the company's midnight. */
export function queryOf(search: CallSearch, now: number) {
  const { span, from, to, ...rest } = search
  const range = span ? spanOf(span, now) : { from: dayOf(from), to: dayOf(to, DAY_MS) }
  return { ...rest, ...defined(range) }
}

function spanOf(span: string, now: number): { from?: number; to?: number } {
  const today = startOfDay(now)
  switch (span) {
    case 'today':
      return { from: today }
    case 'yesterday':
      return { from: today - DAY_MS, to: today }
    case '7d':
      return { from: today - 6 * DAY_MS }
    case '30d':
      return { from: today - 29 * DAY_MS }
    default:
      return {}
  }
}

function dayOf(text: string | undefined, plus = 0): number | undefined {
  if (!text || !/^\d{4}-\d\d-\d\d$/.test(text)) return undefined
  // Noon is on the right day in any zone; its midnight is the company's.
  return startOfDay(Date.parse(`${text}T12:00:00Z`)) + plus
}

const defined = <T extends object>(value: T): Partial<T> =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as Partial<T>

interface Ended {
  direction: string
  status: string
  extension?: string | null
  hotline?: string | null
  queue?: string | null
  started_at: number
}

/** Whether a call that has just ended belongs in the list; undefined when only the server can say. */
export function fits(call: Ended, search: CallSearch, now: number): boolean | undefined {
  const { direction, status, hotline, queue, disposition, extension, number, from, to } = queryOf(search, now)
  if (direction && direction !== call.direction) return false
  if (status && status !== call.status) return false
  if (hotline && hotline !== call.hotline) return false
  if (queue && queue !== call.queue) return false
  if (from !== undefined && call.started_at < from) return false
  if (to !== undefined && call.started_at >= to) return false
  // Nobody has written on it yet.
  if (disposition) return disposition === 'missing' ? call.status === 'answered' : false
  // Others than the one named in the record may have taken part, and numbers have many forms.
  if (number || (extension && extension !== call.extension)) return undefined
  return true
}

/** The filters as one line of text, to name and compare saved views. */
export const textOf = (search: CallSearch): string =>
  new URLSearchParams(Object.entries(search).sort() as [string, string][]).toString()
