import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { wallOf } from '~/lib/live/wall'
import { serverNow } from '~/lib/time'
import { all, client, Problem, unwrap } from './client'

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
export const callerRulesQuery = queryOptions({
  queryKey: ['caller-rules'],
  queryFn: () => all((after) => unwrap(client.GET('/api/v1/caller-rules', query(after)))),
  ...kept,
})
export const queuesQuery = queryOptions({
  queryKey: ['queues'],
  queryFn: () => all((after) => unwrap(client.GET('/api/v1/queues', query(after)))),
  ...kept,
})
/** Why agents may pause. */
export const pauseReasonsQuery = queryOptions({
  queryKey: ['pause-reasons'],
  queryFn: async () => (await unwrap(client.GET('/api/v1/pause-reasons'))).items,
  ...kept,
})
/** What can come of a call, in the company's words; retired ones too, since calls have them. */
export const dispositionsQuery = queryOptions({
  queryKey: ['dispositions'],
  queryFn: async () => (await unwrap(client.GET('/api/v1/dispositions'))).items,
  ...kept,
})
/** One's own state as an agent; null for who has no extension. Events keep it. */
export const ownAgentQuery = queryOptions({
  queryKey: ['agent'],
  queryFn: () =>
    unwrap(client.GET('/api/v1/agents/me')).catch((error) => {
      if (error instanceof Problem && error.code === 'no_phone') return null
      throw error
    }),
  staleTime: 60_000,
})
/** Who waits in the queues, what their agents do and how today went. Events keep it; now and then it is read anew. */
export const wallQuery = queryOptions({
  queryKey: ['wall'],
  queryFn: async ({ client: queries }) => {
    const queues = await queries.ensureQueryData(queuesQuery)
    const path = '/api/v1/queues/{queue_id}/state'
    return wallOf(
      await Promise.all(
        queues.map(({ id }) => unwrap(client.GET(path, { params: { path: { queue_id: id } } }))),
      ),
      serverNow(),
    )
  },
  refetchInterval: 60_000,
  staleTime: 30_000,
})
/** The cards by which calls are scored. */
export const scorecardsQuery = queryOptions({
  queryKey: ['scorecards'],
  queryFn: () => all((after) => unwrap(client.GET('/api/v1/scorecards', query(after)))),
  ...kept,
})
/** Nothing tells how far they are, so that is asked while one looks. */
export const broadcastsQuery = queryOptions({
  queryKey: ['broadcasts'],
  queryFn: () => all((after) => unwrap(client.GET('/api/v1/broadcasts', query(after)))),
  refetchInterval: 5_000,
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
export const departmentsQuery = queryOptions({
  queryKey: ['departments'],
  queryFn: () => all((after) => unwrap(client.GET('/api/v1/departments', query(after)))),
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
