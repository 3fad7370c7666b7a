import { type QueryClient, queryOptions, useQuery } from '@tanstack/react-query'
import { client, type Schema, unwrap } from '~/api/client'
import { useMay } from './me'

// Whose a number is. Rows ask one by one; the numbers of a moment go to the server together.

export type Named = Schema['NamedContact']

const GATHER_MS = 30
/** What the server takes at once. */
const MOST = 200

type Waiting = { number: string; done: (found: Named | null) => void; failed: (error: unknown) => void }
let waiting: Waiting[] = []

function ask(number: string): Promise<Named | null> {
  return new Promise((done, failed) => {
    if (waiting.length === 0) setTimeout(send, GATHER_MS)
    waiting.push({ number, done, failed })
  })
}

function send(): void {
  const asked = waiting
  waiting = []
  for (let from = 0; from < asked.length; from += MOST) void sendPart(asked.slice(from, from + MOST))
}

async function sendPart(part: Waiting[]): Promise<void> {
  try {
    const phones = [...new Set(part.map(({ number }) => number))]
    const { items } = await unwrap(client.POST('/api/v1/contacts/lookup', { body: { phones } }))
    for (const { number, done } of part) done(items[number] ?? null)
  } catch (error) {
    for (const { failed } of part) failed(error)
  }
}

const nameQuery = (number: string) =>
  queryOptions({
    queryKey: ['contacts', 'name', number],
    queryFn: () => ask(number),
    staleTime: 10 * 60_000,
    retry: false,
  })

/** The contact a number belongs to; null when nobody knows, or while we ask. */
export function useContactOf(number: string): Named | null {
  const may = useMay('view_contacts')
  // Shorter ones are extensions.
  const outside = number.replace(/\D/g, '').length >= 7
  return useQuery({ ...nameQuery(number), enabled: may && outside }).data ?? null
}

/** Contacts have changed: what is shown of them is read anew. */
export const contactsChanged = (queries: QueryClient): Promise<void> =>
  queries.invalidateQueries({ queryKey: ['contacts'] })
