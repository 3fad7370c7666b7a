import type { Schema } from '~/api/client'

// The fields of how an extension handles calls; times in seconds.

type Handling = Schema['CallHandling']

const forward = (name: string, label: string) => ({ name, label, kind: 'text', placeholder: '102' }) as const

export const HANDLING_FIELDS = [
  { name: 'do_not_disturb', label: 'handling.dnd', kind: 'switch', help: 'handling.dndHelp' },
  forward('forward_always', 'handling.always'),
  forward('forward_busy', 'handling.busy'),
  forward('forward_no_answer', 'handling.noAnswer'),
  forward('forward_unreachable', 'handling.unreachable'),
  { name: 'ring_ms', label: 'handling.ring', kind: 'number', min: 1, max: 600, help: 'handling.ringHelp' },
  { name: 'max_calls', label: 'handling.most', kind: 'number', min: 1, max: 100, help: 'handling.mostHelp' },
] as const

export const handlingForm = (kept: Handling): Handling => ({
  ...kept,
  ring_ms: kept.ring_ms ? kept.ring_ms / 1000 : null,
})

/** What is saved; an emptied field clears. */
export const handlingBody = (filled: Handling): Schema['CallHandlingPatch'] => ({
  do_not_disturb: filled.do_not_disturb,
  forward_always: filled.forward_always || null,
  forward_busy: filled.forward_busy || null,
  forward_no_answer: filled.forward_no_answer || null,
  forward_unreachable: filled.forward_unreachable || null,
  ring_ms: filled.ring_ms ? Math.round(filled.ring_ms * 1000) : null,
  max_calls: filled.max_calls ?? null,
})
