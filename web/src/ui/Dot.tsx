import type { ReactNode } from 'react'

export type Tone = 'good' | 'busy' | 'warn' | 'bad' | 'quiet'

/** A state in one word, with a coloured dot that is never the only sign of it. */
export function Dot({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span className={`dot dot-${tone}`}>
      <i aria-hidden="true" />
      {children}
    </span>
  )
}
