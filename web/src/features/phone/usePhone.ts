import { useQuery } from '@tanstack/react-query'
import { useCallback, useEffect, useReducer, useRef, useState } from 'react'
import { client, unwrap } from '~/api/client'
import { extensionsQuery } from '~/api/lists'
import { useMay, useMe } from '~/lib/me'
import { read, useStored } from '~/lib/stored'
import { wanted } from '~/lib/supervising'
import { openLine, type PhoneLine } from './line'
import { take } from './lock'
import { IDLE, type PhoneEvent, phone } from './state'

/** One's own phone; nothing while no extension is one's own. */
function useAccount() {
  const person = useMe().user_id
  const mayCall = useMay('make_calls')
  const own = useQuery(extensionsQuery).data?.find((one) => person && one.user === person && one.enabled)
  return useQuery({
    queryKey: ['phone', own?.id, own?.updated_at],
    enabled: mayCall && own !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () => unwrap(client.GET('/api/v1/phone')),
  }).data
}

/** The phone of the one who is logged in: what it shows, and what its buttons do. */
export function usePhone() {
  const account = useAccount()
  const [state, tell] = useReducer(phone, IDLE)
  const [speaker] = useStored('phone.speaker', '')
  const line = useRef<PhoneLine | null>(null)
  const audio = useRef<HTMLAudioElement>(null)
  const [turn, setTurn] = useState({ n: 0, force: false })
  const sound = useCallback((stream: MediaStream | null) => {
    if (!audio.current) return
    audio.current.srcObject = stream
    // A browser that will not play yet does so after the first click on the page.
    if (stream) audio.current.play().catch(() => undefined)
  }, [])
  useEffect(() => {
    if (!account) return
    let gone = false
    let release: (() => void) | null = null
    const put = (event: PhoneEvent) => !gone && tell(event)
    const lost = () => {
      line.current?.close()
      put({ type: 'line', line: 'taken' })
    }
    const open = async () => {
      release = await take(turn.force, lost)
      if (gone) return release?.()
      if (!release) return tell({ type: 'line', line: 'taken' })
      tell({ type: 'line', line: 'connecting' })
      const opened = await openLine({
        account,
        tell: put,
        sound,
        microphone: () => read('phone.microphone', '') || undefined,
        wanted,
      })
      if (gone) opened.close()
      else line.current = opened
    }
    open().catch(() => put({ type: 'line', line: 'failed' }))
    return () => {
      gone = true
      line.current?.close()
      line.current = null
      release?.()
    }
  }, [account, turn, sound])
  useEffect(() => {
    const element = audio.current as (HTMLAudioElement & { setSinkId?: (id: string) => Promise<void> }) | null
    element?.setSinkId?.(speaker).catch(() => undefined)
  }, [speaker])
  const busy = state.call !== null
  useEffect(() => {
    if (!busy) return
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', ask)
    return () => window.removeEventListener('beforeunload', ask)
  }, [busy])
  return {
    account,
    state,
    tell,
    audio,
    line,
    takeOver: () => setTurn(({ n }) => ({ n: n + 1, force: true })),
  }
}
