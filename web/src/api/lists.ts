import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { all, client, unwrap } from './client'

// The lists of configuration, each read whole and kept until an event says that it changed.

const limit = 200
const query = (after?: string) => ({ params: { query: { limit, after } } })
const kept = { staleTime: 5 * 60_000 }

export const extensionsQuery = queryOptions({
  queryKey: ['extensions'],
  queryFn: () => all((after) => unwrap(client.GET('/api/v1/extensions', query(after)))),
  ...kept,
})
export const hotlinesQuery = queryOptions({
  queryKey: ['hotlines'],
  queryFn: () => all((after) => unwrap(client.GET('/api/v1/hotlines', query(after)))),
  ...kept,
})
export const trunksQuery = queryOptions({
  queryKey: ['trunks'],
  queryFn: () => all((after) => unwrap(client.GET('/api/v1/trunks', query(after)))),
  ...kept,
})
export const groupsQuery = queryOptions({
  queryKey: ['groups'],
  queryFn: () => all((after) => unwrap(client.GET('/api/v1/ring-groups', query(after)))),
  ...kept,
})
export const schedulesQuery = queryOptions({
  queryKey: ['schedules'],
  queryFn: () => all((after) => unwrap(client.GET('/api/v1/schedules', query(after)))),
  ...kept,
})
export const queuesQuery = queryOptions({
  queryKey: ['queues'],
  queryFn: () => all((after) => unwrap(client.GET('/api/v1/queues', query(after)))),
  ...kept,
})
export const flowsQuery = queryOptions({
  queryKey: ['flows'],
  queryFn: () => all((after) => unwrap(client.GET('/api/v1/flows', query(after)))),
  ...kept,
})
export const greetingsQuery = queryOptions({
  queryKey: ['greetings'],
  queryFn: () => all((after) => unwrap(client.GET('/api/v1/greetings', query(after)))),
  ...kept,
})
export const usersQuery = queryOptions({
  queryKey: ['users'],
  queryFn: () => all((after) => unwrap(client.GET('/api/v1/users', query(after)))),
  ...kept,
})
export const keysQuery = queryOptions({
  queryKey: ['keys'],
  queryFn: () => all((after) => unwrap(client.GET('/api/v1/keys', query(after)))),
})
export const webhooksQuery = queryOptions({
  queryKey: ['webhooks'],
  queryFn: () => all((after) => unwrap(client.GET('/api/v1/webhooks', query(after)))),
})
/** Registered phones and trunks; nothing tells of their changes, so it is asked while it is looked at. */
export const presenceQuery = queryOptions({
  queryKey: ['presence'],
  queryFn: () => unwrap(client.GET('/api/v1/presence')),
  refetchInterval: 5_000,
  staleTime: 2_000,
})

export interface FiguresWanted {
  /** The first and the last day, counted in: 2026-11-23. */
  from: string
  to: string
  by: 'hour' | 'day' | 'week' | 'month'
  direction?: string | undefined
  hotline?: string | undefined
  extension?: string | undefined
}

/** Figures about calls; they grow while one looks at them. */
export const statisticsQuery = (query: FiguresWanted) =>
  queryOptions({
    queryKey: ['statistics', query],
    queryFn: () => unwrap(client.GET('/api/v1/statistics/calls', { params: { query } })),
    placeholderData: keepPreviousData,
    refetchInterval: 30_000,
    staleTime: 10_000,
  })
