import { useSyncExternalStore } from 'react'

// Putting the console on a computer or a telephone as an app of its own.

/** What Chromium hands over when the page may be installed. */
interface InstallEvent extends Event {
  prompt: () => Promise<void>
  userChoice: Promise<{ outcome: 'accepted' | 'dismissed' }>
}

let offer: InstallEvent | null = null
const listeners = new Set<() => void>()

function set(next: InstallEvent | null): void {
  offer = next
  for (const listener of listeners) listener()
}

/** Keeps the browser's offer for the moment when somebody asks; called once, before anything is drawn. */
export function hearInstall(): void {
  window.addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault()
    set(event as InstallEvent)
  })
  window.addEventListener('appinstalled', () => set(null))
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Asks the browser to install; null while it cannot, or when it is installed already. */
export function useInstall(): (() => Promise<void>) | null {
  const present = useSyncExternalStore(subscribe, () => offer)
  if (!present) return null
  return async () => {
    await present.prompt()
    await present.userChoice
    // An offer counts once.
    set(null)
  }
}

/** Whether this very page runs as an installed app. */
export const installed = (): boolean => window.matchMedia('(display-mode: standalone)').matches
