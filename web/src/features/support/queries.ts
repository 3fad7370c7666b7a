import { queryOptions } from '@tanstack/react-query'
import { all, client, type Schema, unwrap } from '~/api/client'

export type Request = Schema['SupportRequest']

export const KINDS = ['technical', 'payment', 'hotline', 'feedback', 'other'] as const

/** What one's company asked; events tell when it changes. */
export const supportQuery = queryOptions({
  queryKey: ['support'],
  queryFn: () =>
    all((after) =>
      unwrap(client.GET('/api/v1/support-requests', { params: { query: { limit: 200, after } } })),
    ),
})

/** What all companies asked: their events reach only themselves, so it is asked while it is looked at. */
export const requestsQuery = queryOptions({
  queryKey: ['support', 'all'],
  queryFn: () =>
    all((after) =>
      unwrap(client.GET('/api/v1/operator/support-requests', { params: { query: { limit: 200, after } } })),
    ),
  refetchInterval: 10_000,
})

export const conversationQuery = (id: string, foreign: boolean) =>
  queryOptions({
    queryKey: ['support', 'one', id],
    queryFn: () =>
      unwrap(
        client.GET('/api/v1/support-requests/{support_request_id}', {
          params: { path: { support_request_id: id } },
        }),
      ),
    refetchInterval: foreign ? 5_000 : false,
  })
