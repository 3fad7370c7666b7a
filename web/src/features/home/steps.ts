import { type QueryClient, useQuery } from '@tanstack/react-query'
import { client, type Schema, unwrap } from '~/api/client'
import { extensionsQuery, flowsQuery, hotlinesQuery, presenceQuery, trunksQuery } from '~/api/lists'

// The way of a new company to its first recorded call. Each step is done when the exchange itself says so.

export interface Step {
  key: 'extension' | 'phone' | 'trunk' | 'flow' | 'hotline' | 'call'
  to: string
  /** Opens the pane to make one. */
  open?: 'new'
  done: boolean
}

export interface Found {
  extensions: Schema['Extension'][]
  phones: Schema['RegisteredPhone'][]
  trunks: Schema['WatchedTrunk'][]
  flows: Schema['Flow'][]
  hotlines: Schema['Hotline'][]
  /** Whether any call has a recording. */
  recorded: boolean
}

export function stepsOf(found: Found): Step[] {
  const { extensions, phones, trunks, flows, hotlines, recorded } = found
  const made = extensions.length > 0
  return [
    { key: 'extension', to: '/extensions', open: 'new', done: made },
    // A phone that is off just now was on when it took the recorded call.
    { key: 'phone', to: '/extensions', done: phones.length > 0 || recorded },
    { key: 'trunk', to: '/trunks', open: 'new', done: trunks.some(({ enabled }) => enabled) },
    { key: 'flow', to: '/flows', open: 'new', done: flows.length > 0 },
    { key: 'hotline', to: '/hotlines', open: 'new', done: hotlines.length > 0 },
    { key: 'call', to: '/calls', done: recorded },
  ]
}

const LOOKED_THROUGH = 50

/** Whether any of the newest calls has a recording. It is asked once; the first recording is told by an event. */
const recordedQuery = {
  queryKey: ['recorded'],
  queryFn: async (): Promise<boolean> => {
    const query = { status: 'answered', limit: LOOKED_THROUGH }
    const { items } = await unwrap(client.GET('/api/v1/calls', { params: { query } }))
    return items.some(({ recording }) => recording)
  },
  staleTime: Number.POSITIVE_INFINITY,
}

/** A recording came: the last step is done. */
export const putRecorded = (queries: QueryClient): void => {
  queries.setQueryData(recordedQuery.queryKey, true)
}

/** What the exchange has; null until all of it is known. */
export function useFound(wanted: boolean): Found | null {
  const asked = { enabled: wanted }
  const extensions = useQuery({ ...extensionsQuery, ...asked }).data
  const phones = useQuery({ ...presenceQuery, ...asked }).data?.phones
  const trunks = useQuery({ ...trunksQuery, ...asked }).data
  const flows = useQuery({ ...flowsQuery, ...asked }).data
  const hotlines = useQuery({ ...hotlinesQuery, ...asked }).data
  const recorded = useQuery({ ...recordedQuery, ...asked }).data
  if (!extensions || !phones || !trunks || !flows || !hotlines || recorded === undefined) return null
  return { extensions, phones, trunks, flows, hotlines, recorded }
}
