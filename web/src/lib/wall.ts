import { clock, dayIso } from './time'

// Pickers of days know no time zones: they show and give what stands on the clocks of the company.

/** What the company's clocks show at a moment: 2026-11-23T23:30:48. */
export const wallOf = (at: number): string => `${dayIso(at)}T${clock(at)}`

/** The moment at which they show it. */
export function momentOf(wall: string): number {
  const asUtc = Date.parse(`${wall}Z`)
  return asUtc - (Date.parse(`${wallOf(asUtc)}Z`) - asUtc)
}
