import type { Schema } from '~/api/client'
import { momentOf } from '~/lib/time'

type NewBroadcast = Schema['NewBroadcast']
type Part = Schema['BroadcastPart']

/** A broadcast as its form has it. */
export interface Filled {
  name: string
  parts: Part[]
  numbers: string
  hotline?: string
  voice?: NewBroadcast['voice']
  times?: number
  /** As it was picked: what the company's clocks are to show. */
  starts_at?: { format(pattern: string): string } | null
  schedule?: string
  retries?: number
  retry_min?: number
  at_once?: number
}

/** The numbers of a text: one a line, or with commas or semicolons between. */
export const numbersOf = (text: string): string[] =>
  text
    .split(/[\n,;]/)
    .map((one) => one.trim())
    .filter((one) => one !== '')

/** What the API takes. */
export const bodyOf = (filled: Filled): NewBroadcast => ({
  name: filled.name,
  parts: filled.parts,
  numbers: numbersOf(filled.numbers),
  hotline: filled.hotline ?? null,
  schedule: filled.schedule ?? null,
  starts_at: filled.starts_at ? momentOf(filled.starts_at.format('YYYY-MM-DDTHH:mm')) : null,
  ...(filled.voice ? { voice: filled.voice } : {}),
  times: filled.times ?? 1,
  retries: filled.retries ?? 0,
  retry_gap_ms: Math.round((filled.retry_min ?? 0) * 60_000),
  at_once: filled.at_once ?? 15,
})
