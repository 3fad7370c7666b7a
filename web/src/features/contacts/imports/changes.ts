import type { Schema } from '~/api/client'
import { formatPhone } from '~/lib/phone'

// What a row does to a contact, field by field.

type Profile = Schema['NewContact']

export interface Change {
  /** The word under which the field is named. */
  field: string
  /** The name of a field of one's own. */
  name: string
  before: string
  after: string
}

const TEXTS = ['company', 'job_title', 'address', 'note'] as const

/** The fields in which two states differ; all that is filled in for a new contact. Lists tell only what comes in addition. */
export function changesOf(before: Profile | null, after: Profile): Change[] {
  const changes: Change[] = []
  const put = (field: string, old: string, now: string, name = '') => {
    if (old !== now && now !== '') changes.push({ field, name, before: old, after: now })
  }
  if (before) put('name', before.name, after.name)
  put('phone', '', added(numbers(before), numbers(after)))
  put('email', '', added(addresses(before), addresses(after)))
  for (const field of TEXTS) put(field, before?.[field] ?? '', after[field] ?? '')
  put('labels', '', added(before?.labels ?? [], after.labels ?? []))
  for (const [name, value] of Object.entries(after.fields ?? {})) {
    put('fields', before?.fields?.[name] ?? '', value, name)
  }
  for (const [name, value] of Object.entries(after.external_ids ?? {})) {
    put('fields', before?.external_ids?.[name] ?? '', value, name)
  }
  return changes
}

const numbers = (profile: Profile | null) => (profile?.phones ?? []).map(({ number }) => formatPhone(number))
const addresses = (profile: Profile | null) => (profile?.emails ?? []).map(({ address }) => address)
const added = (before: string[], after: string[]) => after.filter((one) => !before.includes(one)).join(', ')
