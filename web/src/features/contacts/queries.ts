import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { client, type Schema, unwrap } from '~/api/client'

export type Contact = Schema['Contact']
export type ContactKind = Schema['ContactKind']
export type Import = Schema['ContactImport']
export type ImportRow = Schema['ImportRow']

const PAGE = 100

/** What the list of contacts shows, as it stands in the address. */
export interface ContactSearch {
  q?: string
  label?: string
  order?: string
  tab?: string
  /** `new` while a contact is made; a number then stands in `phone`. */
  open?: string
  phone?: string
}

const KNOWN: (keyof ContactSearch)[] = ['q', 'label', 'order', 'tab', 'open', 'phone']

/** Keeps of an address what this list knows. */
export function cleanContacts(search: Record<string, unknown>): ContactSearch {
  const kept = KNOWN.flatMap((key) => {
    const value = search[key]
    return value === undefined || value === null || value === '' ? [] : [[key, String(value)]]
  })
  return Object.fromEntries(kept) as ContactSearch
}

/** The part of it that the server looks by. */
export const filterOf = ({ q, label, order }: ContactSearch) => ({ q, label, order })

/** The same as one line of text, to name and compare views. */
export const textOf = (search: ContactSearch): string =>
  new URLSearchParams(
    Object.entries(filterOf(search))
      .flatMap(([key, value]) => (value ? [[key, value]] : []))
      .sort(),
  ).toString()

export const contactsQuery = (search: ContactSearch) =>
  infiniteQueryOptions({
    queryKey: ['contacts', 'list', filterOf(search)],
    queryFn: ({ pageParam }) => {
      const query = { ...filterOf(search), limit: PAGE, after: pageParam }
      return unwrap(client.GET('/api/v1/contacts', { params: { query } }))
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
  })

export const contactQuery = (id: string) =>
  queryOptions({
    queryKey: ['contacts', 'one', id],
    queryFn: () =>
      unwrap(client.GET('/api/v1/contacts/{contact_id}', { params: { path: { contact_id: id } } })),
  })

export const labelsQuery = queryOptions({
  queryKey: ['contacts', 'labels'],
  queryFn: async () => (await unwrap(client.GET('/api/v1/contacts/labels'))).items,
  staleTime: 60_000,
})

export const notesQuery = (id: string) =>
  queryOptions({
    queryKey: ['contacts', 'notes', id],
    queryFn: async () => {
      const params = { path: { contact_id: id }, query: { limit: 100 } }
      return (await unwrap(client.GET('/api/v1/contacts/{contact_id}/notes', { params }))).items
    },
  })

export const historyQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ['contacts', 'calls', id],
    queryFn: ({ pageParam }) => {
      const params = { path: { contact_id: id }, query: { limit: 20, after: pageParam } }
      return unwrap(client.GET('/api/v1/contacts/{contact_id}/calls', { params }))
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  })

export const importsQuery = queryOptions({
  queryKey: ['contacts', 'imports'],
  queryFn: async () =>
    (await unwrap(client.GET('/api/v1/contacts/imports', { params: { query: { limit: 50 } } }))).items,
})

const WORKING_MS = 700

export const importQuery = (id: string) =>
  queryOptions({
    queryKey: ['contacts', 'imports', id],
    queryFn: () =>
      unwrap(client.GET('/api/v1/contacts/imports/{import_id}', { params: { path: { import_id: id } } })),
    // Nothing tells of its progress, so it is asked while it works.
    refetchInterval: ({ state }) =>
      state.data && ['applying', 'undoing'].includes(state.data.state) ? WORKING_MS : false,
  })

export const rowsQuery = (id: string, outcome: string | undefined, mapping: string) =>
  infiniteQueryOptions({
    queryKey: ['contacts', 'imports', id, 'rows', outcome, mapping],
    queryFn: ({ pageParam }) => {
      const known = outcome as Schema['ImportOutcome'] | undefined
      const params = { path: { import_id: id }, query: { outcome: known, limit: 100, after: pageParam } }
      return unwrap(client.GET('/api/v1/contacts/imports/{import_id}/rows', { params }))
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  })
