import type { Field } from '~/ui/Fields'

/** The fields of what bounds a key, new or old. */
export const BOUNDS: Field[] = [
  {
    name: 'allowed_addresses',
    label: 'keys.addresses',
    kind: 'words',
    placeholder: '203.0.113.7 203.0.113.0/28',
    help: 'keys.addressesHelp',
  },
  {
    name: 'requests_per_minute',
    label: 'keys.perMinute',
    kind: 'number',
    min: 1,
    max: 100_000,
    help: 'keys.perMinuteHelp',
  },
]
