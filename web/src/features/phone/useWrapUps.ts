import { useEffect } from 'react'
import { onLive } from '~/lib/live/store'
import { useMe } from '~/lib/me'
import { send, unsent } from '~/lib/wrapUp'

/** Sends what could not be sent before: when the page opens, and when a call that went on without its agent ends. */
export function useWrapUps(): void {
  const user = useMe().user_id ?? ''
  useEffect(() => {
    const flush = (calls: string[]) => {
      for (const call of calls) {
        // A refusal is told where it was written; here nobody is looking.
        void send(user, call).catch(() => undefined)
      }
    }
    flush(unsent(user))
    return onLive((event) => {
      const call = event.call_id
      if (event.type !== 'call.ended' || !call) return
      flush(unsent(user).filter((one) => one === call))
    })
  }, [user])
}
