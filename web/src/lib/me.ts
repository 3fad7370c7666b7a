import { useQuery } from '@tanstack/react-query'
import { client, type Schema, unwrap } from '~/api/client'
import { setZone, syncClock } from './time'

// Who is logged in. The rights decide what is shown; the API decides the same by itself.

export type Me = Schema['Whoami']
export type Right =
  | 'view_config'
  | 'edit_config'
  | 'manage_users'
  | 'view_calls'
  | 'make_calls'
  | 'supervise'
  | 'manage_webhooks'
  | 'view_contacts'
  | 'edit_contacts'
  | 'manage_contacts'
  | 'operate_server'

export const meQuery = {
  queryKey: ['me'],
  queryFn: async (): Promise<Me> => {
    const me = await unwrap(client.GET('/api/v1/session'))
    syncClock(me.now)
    setZone(me.time_zone)
    return me
  },
  staleTime: 60_000,
  retry: false,
}

/** The one who is logged in; only screens behind the login use it. */
export function useMe(): Me {
  const { data } = useQuery(meQuery)
  if (!data) throw new Error('a screen behind the login was drawn without one')
  return data
}

export const may = (me: Me, right: Right): boolean => me.permissions.includes(right)

export const useMay = (right: Right): boolean => may(useMe(), right)

/** The roles this person may give: none above one's own. */
export function grantable(role: string): string[] {
  const ranks = ['operator', 'owner', 'manager', 'agent']
  return ranks.slice(ranks.indexOf(role))
}

/** The roles of people this person may make: managers look after agents, not after their peers. */
export const makeable = (role: string): string[] => (role === 'manager' ? ['agent'] : grantable(role))
