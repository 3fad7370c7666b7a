import type { TFunction } from 'i18next'
import { type Names, withNames } from '~/lib/names'
import { formatPhone } from '~/lib/phone'

export interface Step {
  step: string
  reason: string
  at?: number
  facts?: { name: string; value: string }[]
}

/** One decision as a sentence in the reader's language; the server's own sentence where we have none. */
export function tellStep({ step, reason, facts = [] }: Step, names: Names, t: TFunction): string {
  const values = Object.fromEntries(facts.map(({ name, value }) => [name, readable(name, value, names, t)]))
  const key = variant(step, values, reason)
  return t(`trail.${key}`, { ...values, defaultValue: withNames(reason, names) })
}

/** Some steps read differently by what is known. */
function variant(step: string, facts: Record<string, string>, reason: string): string {
  if (step === 'offered' && !facts.trunk) return 'offered_inside'
  if (step === 'route' && !facts.target) return 'route_plain'
  // A simulation tells who rings in its sentence only.
  if (step === 'ring' && !facts.extension) return 'ring_told'
  if (step === 'flow_version' && !facts.author) return 'flow_version_plain'
  if (step === 'flow_node') return `flow_node_${facts.type ?? 'other'}`
  if (step === 'flow_key' && reason.includes('nowhere')) return 'flow_key_nowhere'
  if (step === 'recording' && reason.includes('somebody')) return 'recording_on_demand'
  if (step === 'recording' && reason.includes('not recorded')) return 'recording_never'
  return step
}

function readable(name: string, value: string, names: Names, t: TFunction): string {
  switch (name) {
    case 'cause':
      return t(`cause.${value}`, { defaultValue: value }).toLowerCase()
    case 'ended_by':
      return t(`endedBy.${value}`, { defaultValue: value }).toLowerCase()
    case 'strategy':
      return t(`groups.${value}`, {
        defaultValue: t(`queues.${value}`, { defaultValue: value }),
      }).toLowerCase()
    case 'because':
      return value === "the company's rule" ? t('trail.companyRule') : withNames(value, names)
    case 'timeout_ms':
      return String(Number(value) / 1000)
    case 'from':
    case 'dialled':
      return formatPhone(value)
    default:
      return withNames(value, names)
  }
}
