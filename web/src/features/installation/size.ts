const UNITS = ['B', 'kB', 'MB', 'GB', 'TB']

/** A count of bytes for people: 1.4 GB. */
export function size(bytes: number): string {
  const step = bytes > 0 ? Math.min(UNITS.length - 1, Math.floor(Math.log2(bytes) / 10)) : 0
  const value = bytes / 1024 ** step
  return `${value.toFixed(step === 0 || value >= 100 ? 0 : 1)} ${UNITS[step]}`
}
