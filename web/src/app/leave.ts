import type { QueryClient } from '@tanstack/react-query'
import { client, unwrap } from '~/api/client'
import { forget } from '~/lib/live/store'

/** Ends the session; nothing of this company stays for whoever comes next. */
export async function leave(queries: QueryClient, go: () => Promise<void>): Promise<void> {
  await unwrap(client.DELETE('/api/v1/session'))
  await go()
  queries.clear()
  forget()
}
