import {
  type InfiniteData,
  infiniteQueryOptions,
  type QueryClient,
  queryOptions,
} from '@tanstack/react-query'
import { client, type Schema, unwrap } from '~/api/client'
import type { LiveEvent } from '~/lib/live/board'
import { serverNow } from '~/lib/time'
import { type CallSearch, fits, queryOf } from './filter'

export type Call = Schema['CallInList']
export type Detail = Schema['CallRecord']
type CallPage = Schema['PageOf_CallInList']

const PAGE = 100

export const callsQuery = (search: CallSearch) =>
  infiniteQueryOptions({
    queryKey: ['calls', 'list', search],
    queryFn: ({ pageParam }) => {
      const query = { ...queryOf(search, serverNow()), limit: PAGE, after: pageParam }
      return unwrap(client.GET('/api/v1/calls', { params: { query } }))
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    staleTime: 60_000,
  })

export const callQuery = (id: string) =>
  queryOptions({
    queryKey: ['calls', 'one', id],
    queryFn: () => unwrap(client.GET('/api/v1/calls/{call_id}', { params: { path: { call_id: id } } })),
    staleTime: Number.POSITIVE_INFINITY,
  })

/** What people said about a call. */
export const commentsQuery = (id: string) =>
  queryOptions({
    queryKey: ['calls', 'comments', id],
    queryFn: async () => {
      const params = { path: { call_id: id } }
      return (await unwrap(client.GET('/api/v1/calls/{call_id}/comments', { params }))).items
    },
  })

export const trailQuery = (id: string) =>
  queryOptions({
    queryKey: ['calls', 'trail', id],
    queryFn: () => unwrap(client.GET('/api/v1/calls/{call_id}/trail', { params: { path: { call_id: id } } })),
    staleTime: Number.POSITIVE_INFINITY,
  })

export const ladderQuery = (id: string) =>
  queryOptions({
    queryKey: ['calls', 'ladder', id],
    queryFn: () =>
      unwrap(client.GET('/api/v1/calls/{call_id}/ladder', { params: { path: { call_id: id } } })),
    // The last answers of a call come a moment after its end.
    refetchInterval: (query) => (query.state.data?.ended === false ? 2_000 : false),
  })

/** The newest calls, for the home screen. */
export const latestQuery = queryOptions({
  queryKey: ['calls', 'latest'],
  queryFn: async () => (await unwrap(client.GET('/api/v1/calls', { params: { query: { limit: 8 } } }))).items,
})

/** Puts a call that has just ended on top of every list it belongs to, without asking the server again. */
export function putEnded(queries: QueryClient, data: Record<string, unknown>): void {
  const call = data as unknown as Call
  if (typeof call.id !== 'string' || typeof call.started_at !== 'number') return
  queries.setQueryData<Call[]>(
    ['calls', 'latest'],
    (old) => old && [call, ...old.filter(other(call))].slice(0, 8),
  )
  for (const query of queries.getQueryCache().findAll({ queryKey: ['calls', 'list'] })) {
    const belongs = fits(call, query.queryKey[2] as CallSearch, serverNow())
    if (belongs === undefined)
      void queries.invalidateQueries({ queryKey: query.queryKey, refetchType: 'none' })
    if (!belongs) continue
    queries.setQueryData<InfiniteData<CallPage>>(query.queryKey, (old) => old && onTop(old, call))
  }
}

/** Puts what somebody wrote on a call into every list that shows it, and lets its page read it anew. */
export function putWritten(queries: QueryClient, { type, call_id: id, data }: LiveEvent): void {
  if (!id) return
  if (type === 'call.commented' || type === 'call.uncommented')
    void queries.invalidateQueries({ queryKey: ['calls', 'comments', id] })
  // Its page waited for the end of the call.
  if (type === 'call.ended') void queries.invalidateQueries({ queryKey: ['calls', 'one', id] })
  if (type !== 'call.noted') return
  void queries.invalidateQueries({ queryKey: ['calls', 'one', id] })
  const wrap_up = wrapUpOf(data)
  for (const query of queries.getQueryCache().findAll({ queryKey: ['calls', 'list'] })) {
    queries.setQueryData<InfiniteData<CallPage>>(query.queryKey, (old) => {
      if (!old?.pages.some((page) => page.items.some((call) => call.id === id))) return old
      const items = (page: CallPage) =>
        page.items.map((call) => (call.id === id ? { ...call, wrap_up } : call))
      return { ...old, pages: old.pages.map((page) => ({ ...page, items: items(page) })) }
    })
  }
}

const wrapUpOf = (data: LiveEvent['data']): Schema['CallWrapUp'] => ({
  disposition: (data.disposition as string | null) ?? null,
  text: String(data.note ?? ''),
  tags: (data.tags as string[] | undefined) ?? [],
  author: (data.author as string | null) ?? null,
  updated_at: Number(data.updated_at),
})

const other = (call: Call) => (one: Call) => one.id !== call.id

function onTop(old: InfiniteData<CallPage>, call: Call): InfiniteData<CallPage> {
  const pages = old.pages.map((page) => ({ ...page, items: page.items.filter(other(call)) }))
  const [first, ...rest] = pages
  if (!first) return old
  return { ...old, pages: [{ ...first, items: [call, ...first.items] }, ...rest] }
}
