import { useQuery, useQueryClient } from '@tanstack/react-query'
import { App } from 'antd'
import { type Dispatch, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { client, type Schema, unwrap } from '~/api/client'
import { onLive } from '~/lib/live/store'
import type { PhoneEvent, PhoneState } from './state'

const KEY = ['phone-calls']
/** After these the server's view of one's call may be another. */
const MOVES = ['call.joined', 'call.left', 'call.not_joined', 'call.transferred']

/** The server's view of the call one talks in: its id, and who else is there. */
export function useOwnCall(
  { call, waiting }: PhoneState,
  tell: Dispatch<PhoneEvent>,
  /** The id of one's own extension. */
  extension: string,
): Schema['LiveCall'] | undefined {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const queries = useQueryClient()
  const talking = call?.state === 'talking'
  const { data } = useQuery({
    queryKey: [...KEY, call?.id],
    enabled: talking,
    queryFn: async () => (await unwrap(client.GET('/api/v1/phone/calls'))).items,
    staleTime: 0,
  })
  const known = call?.call
  // The one who waits is in another call.
  const own = data?.find(({ id }) => id === known) ?? data?.find(({ id }) => id !== waiting?.call)
  const found = own?.id
  const session = call?.id
  const beside = own?.others.some(({ extension_id }) => extension_id === extension) ?? false
  const fresh = found !== undefined && (found !== known || beside !== call?.beside)
  useEffect(() => {
    if (talking && session && found && fresh) tell({ type: 'known', id: session, call: found, beside })
  }, [talking, session, found, fresh, beside, tell])
  useEffect(() => {
    if (!talking) return
    return onLive((event) => {
      if (!MOVES.includes(event.type)) return
      if (event.call_id !== known && event.type !== 'call.transferred') return
      if (event.type === 'call.not_joined' && event.data.as === 'party')
        void message.warning(t('phone.notJoined', { cause: t(`cause.${event.data.cause}`) }))
      void queries.invalidateQueries({ queryKey: KEY })
    })
  }, [talking, known, queries, message, t])
  return talking ? own : undefined
}
