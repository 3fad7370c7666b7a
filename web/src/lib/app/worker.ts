import { useSyncExternalStore } from 'react'

// The service worker keeps the console's own files, so that it opens fast and says something useful without a network,
// and tells when the server has a newer build.

const ASK_MS = 30 * 60_000

let waiting: ServiceWorker | null = null
const listeners = new Set<() => void>()

function set(next: ServiceWorker | null): void {
  waiting = next
  for (const listener of listeners) listener()
}

/** Registers it once the page is there, and asks now and then for a newer one. */
export function startWorker(): void {
  // Only where the browser trusts the address: https, or this very machine.
  if (!('serviceWorker' in navigator)) return
  window.addEventListener('load', () => {
    register().catch(() => undefined)
  })
}

async function register(): Promise<void> {
  const { serviceWorker } = navigator
  const registration = await serviceWorker.register('/sw.js', { updateViaCache: 'none' })
  // Without a controller it is the first visit: nothing older is shown.
  const ready = async () => {
    const newer = registration.waiting
    if (!newer || !serviceWorker.controller) return
    if (await ofThisPage(newer)) newer.postMessage('take over')
    else set(newer)
  }
  void ready()
  registration.addEventListener('updatefound', () => {
    registration.installing?.addEventListener('statechange', () => void ready())
  })
  const ask = () => void registration.update().catch(() => undefined)
  setInterval(ask, ASK_MS)
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && ask())
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Whether the worker came with the very page that is shown: it was loaded anew since the server changed. */
function ofThisPage(worker: ServiceWorker): Promise<boolean> {
  const script = document.querySelector<HTMLScriptElement>('script[type=module]')?.src ?? location.href
  return new Promise((answer) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = ({ data }) => answer(data === true)
    worker.postMessage({ script: new URL(script).pathname }, [port2])
  })
}

/** Takes the newer build and loads the page again; null while there is none. */
export function useNewBuild(): (() => void) | null {
  const newer = useSyncExternalStore(subscribe, () => waiting)
  if (!newer) return null
  return () => {
    const again = () => location.reload()
    // Another tab may have taken it already.
    if (newer.state === 'activated') return again()
    navigator.serviceWorker.addEventListener('controllerchange', again, { once: true })
    newer.postMessage('take over')
  }
}
