import { useEffect, useSyncExternalStore } from 'react'

// How any screen asks the phone in the corner to call somebody, without knowing that phone.

type Dial = (number: string) => void

let phone: Dial | null = null
const listeners = new Set<() => void>()

function set(next: Dial | null): void {
  phone = next
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Calls a number with one's own phone; null while there is no phone that can. */
export const dialler = (): Dial | null => phone

/** The same for what is drawn: it changes when the phone gets ready or busy. */
export const useDialler = (): Dial | null => useSyncExternalStore(subscribe, dialler)

/** Offers one's phone to all screens for as long as it is ready. */
export function useDials(ready: boolean, dial: Dial): void {
  useEffect(() => {
    if (!ready) return
    set(dial)
    return () => set(null)
  }, [ready, dial])
}
