import { queryOptions } from '@tanstack/react-query'
import { client, unwrap } from '~/api/client'

// What the operator reads of the whole installation. It changes by itself, so it is read again now and then.

export const nodesQuery = queryOptions({
  queryKey: ['installation', 'nodes'],
  queryFn: () => unwrap(client.GET('/api/v1/installation/nodes')),
  refetchInterval: 10_000,
})

export const findingsQuery = queryOptions({
  queryKey: ['installation', 'doctor'],
  queryFn: () => unwrap(client.GET('/api/v1/installation/doctor')),
  staleTime: 0,
})

export const companyTrunksQuery = queryOptions({
  queryKey: ['installation', 'trunks'],
  queryFn: () => unwrap(client.GET('/api/v1/installation/trunks')),
  refetchInterval: 10_000,
})

export const usageQuery = queryOptions({
  queryKey: ['installation', 'usage'],
  queryFn: () => unwrap(client.GET('/api/v1/installation/usage')),
})
