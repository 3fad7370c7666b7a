import { useCallback, useSyncExternalStore } from 'react'

// Small choices that stay with this browser: language, theme, columns, saved views.

const listeners = new Set<() => void>()

export function read<T>(key: string, otherwise: T): T {
  try {
    const text = localStorage.getItem(`alo.${key}`)
    return text === null ? otherwise : (JSON.parse(text) as T)
  } catch {
    return otherwise
  }
}

export function write(key: string, value: unknown): void {
  try {
    localStorage.setItem(`alo.${key}`, JSON.stringify(value))
  } catch {
    // A browser that keeps nothing still works; the choice is forgotten at the next visit.
  }
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  window.addEventListener('storage', listener)
  return () => {
    listeners.delete(listener)
    window.removeEventListener('storage', listener)
  }
}

/** A kept choice, the same in all tabs. */
export function useStored<T extends string | boolean | number | null>(
  key: string,
  otherwise: T,
): [T, (value: T) => void] {
  const value = useSyncExternalStore(subscribe, () => read<T>(key, otherwise))
  return [value, useCallback((next: T) => write(key, next), [key])]
}

/** The same for lists and objects: kept as text, so that an unchanged value stays the same value. */
export function useStoredText(key: string, otherwise: string): [string, (value: string) => void] {
  return useStored<string>(key, otherwise)
}
