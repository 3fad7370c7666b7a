import { type RefObject, useEffect } from 'react'
import type { PhoneLine } from './line'
import type { PhoneCall } from './state'

/** Alt and a letter for everything an agent does with the phone, also while typing. */
export function usePhoneKeys(
  call: PhoneCall | null,
  line: RefObject<PhoneLine | null>,
  open: () => void,
  third: () => void,
): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (!event.altKey || event.ctrlKey || event.metaKey) return
      const act = actOf(event.code, call, line.current, { open, third })
      if (!act) return
      event.preventDefault()
      act()
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [call, line, open, third])
}

/** What the key does now; nothing when it does nothing. */
function actOf(
  code: string,
  call: PhoneCall | null,
  line: PhoneLine | null,
  panes: { open: () => void; third: () => void },
): (() => void) | undefined {
  if (code === 'KeyD') return panes.open
  if (!call || !line) return undefined
  if (code === 'KeyA' && call.state === 'incoming') return line.answer
  if (code === 'KeyM' && call.state === 'talking') return () => line.mute(!call.muted)
  if (code === 'KeyH' && call.state === 'talking') return () => line.hold(!call.held)
  if (code === 'KeyT' && call.state === 'talking') return panes.third
  if (code === 'KeyX') return line.hangup
  return undefined
}
