import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { client, type Schema, unwrap } from '~/api/client'

export type Message = Schema['Voicemail']

/** What the list of messages shows, as it stands in the address. */
export interface MailSearch {
  /** `all` for those of everybody. */
  of?: string
  /** `new` or `heard`. */
  state?: string
}

export function cleanMail(search: Record<string, unknown>): MailSearch {
  return {
    ...(search.of === 'all' ? { of: 'all' } : {}),
    ...(search.state === 'new' || search.state === 'heard' ? { state: search.state } : {}),
  }
}

const PAGE = 50

/** Messages, the newest first; of one extension, or of all. */
export const messagesQuery = ({ state }: MailSearch, extension: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ['voicemail', 'list', state, extension],
    queryFn: ({ pageParam }) => {
      const read = state === 'new' ? false : state === 'heard' ? true : undefined
      const query = { extension, read, limit: PAGE, after: pageParam }
      return unwrap(client.GET('/api/v1/voicemails', { params: { query } }))
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  })

/** From so many on it does not matter how many more there are. */
export const MANY = 99

/** How many new messages an extension has; events let it be counted anew. */
export const newQuery = (extension: string | undefined) =>
  queryOptions({
    queryKey: ['voicemail', 'new', extension],
    enabled: extension !== undefined,
    queryFn: async () => {
      const query = { extension, read: false, limit: MANY + 1 }
      return (await unwrap(client.GET('/api/v1/voicemails', { params: { query } }))).items.length
    },
    staleTime: 60_000,
  })
