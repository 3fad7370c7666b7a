// Steps described by their fields rather than drawn one by one: what they begin with, what can be filled in, and their ways out.

export type MoreKind =
  | 'say'
  | 'collect'
  | 'dial_extension'
  | 'rate'
  | 'language'
  | 'set'
  | 'compare'
  | 'lookup'
  | 'contact'
  | 'owner'

export interface More {
  type: MoreKind
  [field: string]: unknown
}

/** One thing that can be filled in. Times are kept in milliseconds and shown in seconds. */
export interface NodeField {
  name: string
  kind: 'text' | 'long' | 'number' | 'time' | 'greeting' | 'choice' | 'words'
  choices?: readonly string[]
  min?: number
  max?: number
  required?: boolean
}

interface Described {
  fresh: More
  /** Ways out; those in `must` have to lead somewhere. */
  exits: readonly string[]
  must: readonly string[]
  fields: readonly NodeField[]
}

const greeting: NodeField = { name: 'greeting', kind: 'greeting' }
const invalid: NodeField = { name: 'invalid_greeting', kind: 'greeting' }
const variable: NodeField = { name: 'variable', kind: 'text', required: true }
const first: NodeField = { name: 'first_timeout_ms', kind: 'time', min: 0.5, max: 60 }
const further: NodeField = { name: 'digit_timeout_ms', kind: 'time', min: 0.5, max: 60 }
const tries: NodeField = { name: 'max_failures', kind: 'number', min: 1, max: 10 }

export const MORE: Record<MoreKind, Described> = {
  say: {
    fresh: { type: 'say', text: '', as: 'words' },
    exits: ['next'],
    must: ['next'],
    fields: [
      { name: 'text', kind: 'long', required: true },
      { name: 'as', kind: 'choice', choices: ['words', 'digits', 'number'] },
    ],
  },
  collect: {
    fresh: {
      type: 'collect',
      variable: 'digits',
      min: 1,
      max: 10,
      terminator: '#',
      first_timeout_ms: 5000,
      digit_timeout_ms: 3000,
      max_failures: 3,
    },
    exits: ['next', 'on_failures'],
    must: ['next'],
    fields: [
      greeting,
      invalid,
      variable,
      { name: 'min', kind: 'number', min: 1, max: 30 },
      { name: 'max', kind: 'number', min: 1, max: 30 },
      { name: 'terminator', kind: 'choice', choices: ['#', '*'] },
      first,
      further,
      tries,
    ],
  },
  dial_extension: {
    fresh: {
      type: 'dial_extension',
      max: 3,
      first_timeout_ms: 5000,
      digit_timeout_ms: 3000,
      max_failures: 3,
    },
    exits: ['on_no_answer', 'on_failures'],
    must: [],
    fields: [greeting, invalid, { name: 'max', kind: 'number', min: 2, max: 10 }, first, further, tries],
  },
  rate: {
    fresh: { type: 'rate', most: 5, timeout_ms: 5000, max_failures: 2 },
    exits: ['next'],
    must: ['next'],
    fields: [
      greeting,
      { name: 'most', kind: 'number', min: 2, max: 9 },
      { name: 'timeout_ms', kind: 'time', min: 0.5, max: 60 },
      tries,
    ],
  },
  language: {
    fresh: { type: 'language', language: 'vi' },
    exits: ['next'],
    must: ['next'],
    fields: [{ name: 'language', kind: 'choice', choices: ['vi', 'en'], required: true }],
  },
  set: {
    fresh: { type: 'set', variable: '', value: '' },
    exits: ['next'],
    must: ['next'],
    fields: [variable, { name: 'value', kind: 'text' }],
  },
  compare: {
    fresh: { type: 'compare', variable: '', is: 'equals', value: '' },
    exits: ['yes', 'no'],
    must: ['yes', 'no'],
    fields: [
      variable,
      {
        name: 'is',
        kind: 'choice',
        choices: ['equals', 'begins_with', 'at_least', 'at_most'],
        required: true,
      },
      { name: 'value', kind: 'text' },
    ],
  },
  lookup: {
    fresh: { type: 'lookup', url: 'https://', branches: {} },
    exits: ['otherwise', 'on_no_answer'],
    must: ['otherwise'],
    fields: [
      { name: 'url', kind: 'text', required: true },
      { name: 'branches', kind: 'words' },
    ],
  },
  contact: {
    fresh: { type: 'contact' },
    exits: ['known', 'otherwise'],
    must: ['known', 'otherwise'],
    fields: [],
  },
  owner: {
    fresh: { type: 'owner' },
    exits: ['otherwise', 'on_no_answer'],
    must: ['otherwise'],
    fields: [],
  },
}

export const MORE_KINDS = Object.keys(MORE) as MoreKind[]

export const isMore = (node: { type: string }): node is More => node.type in MORE

const branches = (node: More) => (node.branches ?? {}) as Record<string, string>

/** The ways out: branches of an answer first. */
export function exitsOf(node: More): { field: string; to: string | undefined }[] {
  const named = Object.entries(branches(node)).map(([word, to]) => ({ field: `branches.${word}`, to }))
  const plain = MORE[node.type].exits.map((field) => ({ field, to: node[field] as string | undefined }))
  return [...named, ...plain]
}

/** The node with one way out leading elsewhere. */
export function moreLeading(node: More, field: string, to: string | undefined): More {
  if (!field.startsWith('branches.')) return { ...node, [field]: to }
  return { ...node, branches: { ...branches(node), [field.slice('branches.'.length)]: to ?? '' } }
}

/** What is missing in it: fields and ways out. */
export function missingOf(node: More): string[] {
  const { fields, must } = MORE[node.type]
  const open = [...fields.filter((field) => field.required).map(({ name }) => name), ...must]
  const words = Object.entries(branches(node)).filter(([, to]) => !to)
  return [...open.filter((name) => !node[name]), ...words.map(([word]) => `branches.${word}`)]
}
