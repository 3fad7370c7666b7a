import type { CallSearch } from '~/features/calls/filter'
import type { Days, StatisticsSearch } from './period'

/** The filters of the call history that show the calls behind a figure. */
export function callsOf(days: Days, search: StatisticsSearch, more: CallSearch = {}): Record<string, string> {
  const { direction, hotline, extension } = search
  const wanted = { direction, hotline, extension, from: days.from, to: days.to, ...more }
  return Object.fromEntries(Object.entries(wanted).filter(([, value]) => value)) as Record<string, string>
}
