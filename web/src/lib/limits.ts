// The fields of limits for calls to the outside, of a company or an extension.

const number = (name: string, label: string, max: number) =>
  ({ name, label, kind: 'number', required: true, min: 0, max }) as const

export const LIMIT_FIELDS = [
  number('outbound_calls', 'limits.atOnce', 100_000),
  number('outbound_calls_per_minute', 'limits.perMinute', 100_000),
  number('outbound_minutes_per_day', 'limits.perDay', 10_000_000),
]
