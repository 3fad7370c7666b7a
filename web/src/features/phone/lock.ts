// One tab has the phone. Another can take it over, and the first one lets go.

const NAME = 'alo.phone'

/** Holds the phone until `release` or until another tab takes it; null when another tab has it. */
export async function take(force: boolean, lost: () => void): Promise<(() => void) | null> {
  // A page without TLS has no locks, and no microphone either: each tab is by itself.
  if (!navigator.locks) return () => undefined
  return new Promise((resolve) => {
    const held = navigator.locks.request(NAME, force ? { steal: true } : { ifAvailable: true }, (lock) => {
      if (!lock) return resolve(null)
      return new Promise<void>((release) => resolve(release))
    })
    held.catch(lost)
  })
}
