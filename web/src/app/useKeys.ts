import { useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useMe } from '~/lib/me'
import { sectionsFor } from './menu'

const CHORD_MS = 1200

/** Whether the person is typing, when no single key may do anything. */
export function typing(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName)
}

/** Ctrl-K and / for the palette, ? for the sheet of keys, g and a letter for a screen. */
export function useKeys(on: { palette: () => void; sheet: () => void }): void {
  const navigate = useNavigate()
  const me = useMe()
  useEffect(() => {
    const places = sectionsFor(me).flatMap((section) => section.places)
    let chord = 0
    const press = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault()
        return on.palette()
      }
      if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return
      if (event.timeStamp - chord < CHORD_MS) {
        chord = 0
        const place = places.find(({ key }) => key === event.key)
        if (place) void navigate({ to: place.to as '/' })
      } else if (event.key === 'g') chord = event.timeStamp
      else if (event.key === '?') on.sheet()
      else if (event.key === '/') {
        event.preventDefault()
        on.palette()
      }
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [me, navigate, on])
}
