import { dayIso, serverNow } from '~/lib/time'

// Which days the statistics show, as it stands in the address.

export const SPANS = ['today', '7d', '30d', 'month', 'year'] as const

export interface StatisticsSearch {
  span?: string
  /** Days of a free range, 2026-11-23, both counted in. */
  from?: string
  to?: string
  direction?: string
  hotline?: string
  extension?: string
  queue?: string
}

const KNOWN: (keyof StatisticsSearch)[] = ['span', 'from', 'to', 'direction', 'hotline', 'extension', 'queue']
const DAY_MS = 86_400_000

/** Keeps of an address what this screen knows. */
export function cleanStatistics(search: Record<string, unknown>): StatisticsSearch {
  const kept = KNOWN.flatMap((key) => {
    const value = search[key]
    return value === undefined || value === null || value === '' ? [] : [[key, String(value)]]
  })
  return Object.fromEntries(kept) as StatisticsSearch
}

/** The same as one line of text, to name and compare views. */
export const textOf = (search: StatisticsSearch): string =>
  new URLSearchParams(Object.entries(search).sort() as [string, string][]).toString()

export type By = 'hour' | 'day' | 'week' | 'month'

export interface Days {
  from: string
  to: string
  by: By
}

const isDay = (text?: string): text is string => text !== undefined && /^\d{4}-\d\d-\d\d$/.test(text)

/** The days of a search and the steps they are best told in. Days are the company's. */
export function daysOf({ span, from, to }: StatisticsSearch, now = serverNow()): Days {
  const today = dayIso(now)
  if (isDay(from) && isDay(to) && from <= to) return { from, to, by: stepOf(from, to) }
  const back = (days: number) => dayIso(now - days * DAY_MS)
  switch (span) {
    case 'today':
      return { from: today, to: today, by: 'hour' }
    case '30d':
      return { from: back(29), to: today, by: 'day' }
    case 'month':
      return { from: `${today.slice(0, 8)}01`, to: today, by: 'day' }
    case 'year':
      return { from: `${today.slice(0, 4)}-01-01`, to: today, by: 'month' }
    default:
      return { from: back(6), to: today, by: 'day' }
  }
}

/** Few enough steps to read, many enough to see something. */
function stepOf(from: string, to: string): By {
  const days = Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS) + 1
  if (days <= 2) return 'hour'
  if (days <= 62) return 'day'
  return days <= 200 ? 'week' : 'month'
}

/** How much more or less than before, in percent; null when there was nothing before. */
export function change(now: number, before: number): number | null {
  return before === 0 ? null : Math.round((100 * (now - before)) / before)
}
