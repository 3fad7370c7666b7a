import { infiniteQueryOptions, keepPreviousData, type QueryClient, queryOptions } from '@tanstack/react-query'
import { client, type Schema, unwrap } from '~/api/client'

export type Ticket = Schema['Ticket']
export type TicketStatus = Schema['TicketStatus']
export type TicketPriority = Schema['TicketPriority']
export type Entry = Schema['TicketEntry']

export const STATUSES: TicketStatus[] = ['new', 'open', 'rejected', 'solved', 'closed']
export const PRIORITIES: TicketPriority[] = ['high', 'medium', 'low']
/** What is still to be done. */
export const UNFINISHED = 'new,open'

const PAGE = 100

/** What the list of tickets shows, as it stands in the address. */
export interface TicketSearch {
  q?: string
  status?: string
  priority?: string
  category?: string
  assignee?: string
  /** `new` while a ticket is written; whom it is for and the call it comes from then stand beside it. */
  open?: string
  contact?: string
  call?: string
}

const KNOWN: (keyof TicketSearch)[] = [
  'q',
  'status',
  'priority',
  'category',
  'assignee',
  'open',
  'contact',
  'call',
]

/** Keeps of an address what this list knows. */
export function cleanTickets(search: Record<string, unknown>): TicketSearch {
  const kept = KNOWN.flatMap((key) => {
    const value = search[key]
    return value === undefined || value === null || value === '' ? [] : [[key, String(value)]]
  })
  return Object.fromEntries(kept) as TicketSearch
}

/** The part of it that the server looks by; while one is written, contact and call are the new ticket's. */
export const filterOf = ({ open, contact, call, ...filter }: TicketSearch) =>
  open ? filter : { ...filter, contact, call }

export const ticketsQuery = (search: TicketSearch) =>
  infiniteQueryOptions({
    queryKey: ['tickets', 'list', filterOf(search)],
    queryFn: ({ pageParam }) => {
      const query = { ...filterOf(search), limit: PAGE, after: pageParam }
      return unwrap(client.GET('/api/v1/tickets', { params: { query } }))
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
  })

/** The tickets of one contact, or of one call. */
export const ticketsOfQuery = (of: { contact?: string; call?: string }) =>
  queryOptions({
    queryKey: ['tickets', 'of', of],
    queryFn: async () =>
      (await unwrap(client.GET('/api/v1/tickets', { params: { query: { ...of, limit: 20 } } }))).items,
  })

export const ticketQuery = (id: string) =>
  queryOptions({
    queryKey: ['tickets', 'one', id],
    queryFn: () => unwrap(client.GET('/api/v1/tickets/{ticket_id}', { params: { path: { ticket_id: id } } })),
  })

export const choicesQuery = queryOptions({
  queryKey: ['tickets', 'choices'],
  queryFn: () => unwrap(client.GET('/api/v1/tickets/choices')),
  staleTime: 60_000,
})

export const storyQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ['tickets', 'story', id],
    queryFn: ({ pageParam }) => {
      const params = { path: { ticket_id: id }, query: { limit: 50, after: pageParam } }
      return unwrap(client.GET('/api/v1/tickets/{ticket_id}/entries', { params }))
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  })

/** Tickets have changed: what is shown of them is read anew. */
export const ticketsChanged = (queries: QueryClient): Promise<void> =>
  queries.invalidateQueries({ queryKey: ['tickets'] })
