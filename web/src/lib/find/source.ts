import type { QueryClient } from '@tanstack/react-query'
import type { TFunction } from 'i18next'
import type { ReactNode } from 'react'
import type { Me, Right } from '~/lib/me'
import { dialable, fold } from '~/lib/phone'

// What the palette searches. A feature tells in its own `find` file what it can find; `app/finding.ts` lists them all.

/** One line of the palette: a place to go to, or something to do. */
export interface Entry {
  key: string
  icon: ReactNode
  title: string
  hint?: string
  go?: { to: string; params?: Record<string, string>; search?: Record<string, unknown> }
  run?: () => void
}

/** What is looked for, in the forms that sources compare. */
export interface Asked {
  /** As typed, without blanks around. */
  text: string
  /** Without accents and case. */
  folded: string
  /** Digits that can be dialled; empty when it is no number. */
  number: string
  me: Me
  queries: QueryClient
  t: TFunction
}

export interface Source {
  /** The words of its heading are kept under `find.<name>`. */
  name: string
  /** The right its screen needs. */
  right: Right
  /** Asks the server for every text: not before the typing pauses. */
  remote?: true
  /** What fits, the best first; asked again whenever the text changes. */
  find: (asked: Asked) => Entry[] | Promise<Entry[]>
}

/** Whether a folded text has all words that are looked for; whatever stands between them. */
export const hasWords = (text: string, folded: string): boolean =>
  folded.split(/\s+/).every((word) => text.includes(word))

export function askedOf(text: string, rest: Pick<Asked, 'me' | 'queries' | 't'>): Asked {
  const trimmed = text.trim()
  return { ...rest, text: trimmed, folded: fold(trimmed), number: dialable(trimmed) }
}
