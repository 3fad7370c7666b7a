import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { client, unwrap } from '~/api/client'

// What the editor reads of one flow. Nothing is kept: what is drawn here must begin from what is there.

const path = (flow_id: string) => ({ params: { path: { flow_id } } })

export const flowQuery = (id: string) =>
  queryOptions({
    queryKey: ['flow', id],
    queryFn: () => unwrap(client.GET('/api/v1/flows/{flow_id}', path(id))),
    staleTime: 0,
    gcTime: 0,
  })

export const draftQuery = (id: string) =>
  queryOptions({
    queryKey: ['flow', id, 'draft'],
    queryFn: () => unwrap(client.GET('/api/v1/flows/{flow_id}/draft', path(id))),
    staleTime: 0,
    gcTime: 0,
  })

export const testsQuery = (id: string) =>
  queryOptions({
    queryKey: ['flow', id, 'tests'],
    queryFn: () => unwrap(client.GET('/api/v1/flows/{flow_id}/tests', path(id))),
    staleTime: 0,
  })

export const versionsQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ['flow', id, 'versions'],
    queryFn: ({ pageParam }) => {
      const params = { path: { flow_id: id }, query: { limit: 50, after: pageParam } }
      return unwrap(client.GET('/api/v1/flows/{flow_id}/versions', { params }))
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  })

export const comparisonQuery = (id: string, before: string, after: string, stamp: string) =>
  queryOptions({
    queryKey: ['flow', id, 'comparison', before, after, stamp],
    queryFn: () =>
      unwrap(
        client.GET('/api/v1/flows/{flow_id}/comparison', {
          params: { path: { flow_id: id }, query: { before, after } },
        }),
      ),
    staleTime: 0,
  })
