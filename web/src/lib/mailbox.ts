import type { Schema } from '~/api/client'
import type { Field } from '~/ui/Fields'

// The fields of a mailbox; lengths in seconds. The PIN is never told: an empty field leaves it, a word of its own clears it.

type Mailbox = Schema['Mailbox']

export interface MailboxForm extends Omit<Mailbox, 'max_ms' | 'has_pin'> {
  max_s: number
  pin: string
  no_pin: boolean
}

const on = (values: Record<string, unknown>) => values.enabled === true

export const mailboxFields = (greetings: { id: string; name: string }[], hasPin: boolean): Field[] => [
  { name: 'enabled', label: 'mailbox.enabled', kind: 'switch', help: 'mailbox.enabledHelp' },
  { name: 'on_no_answer', label: 'mailbox.onNoAnswer', kind: 'switch', when: on },
  { name: 'on_busy', label: 'mailbox.onBusy', kind: 'switch', when: on },
  { name: 'on_unreachable', label: 'mailbox.onUnreachable', kind: 'switch', when: on },
  {
    name: 'greeting',
    label: 'mailbox.greeting',
    kind: 'select',
    options: greetings.map(({ id, name }) => ({ value: id, label: name })),
    help: 'mailbox.greetingHelp',
    when: on,
  },
  {
    name: 'pin',
    label: hasPin ? 'mailbox.newPin' : 'mailbox.pin',
    kind: 'password',
    help: 'mailbox.pinHelp',
    when: on,
  },
  ...(hasPin ? [{ name: 'no_pin', label: 'mailbox.noPin', kind: 'switch', when: on } as const] : []),
  { name: 'email', label: 'mailbox.email', kind: 'text', placeholder: 'lan@congty.vn', when: on },
  {
    name: 'attach',
    label: 'mailbox.attach',
    kind: 'switch',
    when: (values) => on(values) && Boolean(values.email),
  },
  {
    name: 'max_s',
    label: 'mailbox.longest',
    kind: 'number',
    min: 5,
    max: 600,
    help: 'mailbox.longestHelp',
    when: on,
  },
]

export const mailboxForm = ({ max_ms, has_pin: _, ...kept }: Mailbox): MailboxForm => ({
  ...kept,
  max_s: max_ms / 1000,
  pin: '',
  no_pin: false,
})

/** What is saved; an emptied field clears, but for the PIN. */
export const mailboxBody = (filled: MailboxForm): Schema['MailboxPatch'] => ({
  enabled: filled.enabled,
  on_no_answer: filled.on_no_answer,
  on_busy: filled.on_busy,
  on_unreachable: filled.on_unreachable,
  greeting: filled.greeting || null,
  email: filled.email || null,
  attach: filled.attach,
  ...(filled.max_s ? { max_ms: Math.round(filled.max_s * 1000) } : {}),
  ...(filled.no_pin ? { pin: null } : filled.pin ? { pin: filled.pin } : {}),
})
