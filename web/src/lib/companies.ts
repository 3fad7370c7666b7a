import { queryOptions } from '@tanstack/react-query'
import { client, unwrap } from '~/api/client'

// The companies one works for, and going from one to another. A page shows one company: all tabs begin anew, so that
// nothing of the other stays on any screen.

export const companiesQuery = queryOptions({
  queryKey: ['companies', 'mine'],
  queryFn: async () => (await unwrap(client.GET('/api/v1/session/companies'))).items,
  staleTime: 5 * 60_000,
})

const CHANNEL = 'alo.company'

/** Goes on in another company, in all tabs. */
export async function switchTo(company_id: string): Promise<void> {
  await unwrap(client.PUT('/api/v1/session/company', { body: { company_id } }))
  const channel = new BroadcastChannel(CHANNEL)
  channel.postMessage(company_id)
  channel.close()
  location.assign('/')
}

/** Begins anew when another tab went to another company; until the returned function is called. */
export function followSwitches(): () => void {
  const channel = new BroadcastChannel(CHANNEL)
  channel.onmessage = () => location.assign('/')
  return () => channel.close()
}
