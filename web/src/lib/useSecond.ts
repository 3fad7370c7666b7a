import { useSyncExternalStore } from 'react'
import { serverNow } from './time'

// One clock for all counters on a page, by the server's time.

const listeners = new Set<() => void>()
let now = serverNow()
let timer: ReturnType<typeof setInterval> | undefined

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(() => {
    now = serverNow()
    for (const one of listeners) one()
  }, 1000)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

/** The server's time, a new one each second. */
export const useSecond = (): number => useSyncExternalStore(subscribe, () => now)
