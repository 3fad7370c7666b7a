import { queryOptions } from '@tanstack/react-query'
import { all, client, type Schema, unwrap } from '~/api/client'

export type Company = Schema['Tenant']

/** All companies of the installation. */
export const tenantsQuery = queryOptions({
  queryKey: ['tenants'],
  queryFn: () =>
    all((after) => unwrap(client.GET('/api/v1/companies', { params: { query: { limit: 200, after } } }))),
})
