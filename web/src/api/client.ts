import createClient from 'openapi-fetch'
import type { components, paths } from './schema'

export type Schema = components['schemas']

/** What the server says when a request fails (RFC 9457). */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    readonly fields: { name: string; message: string }[] = [],
  ) {
    super(detail)
  }
}

export const client = createClient<paths>({ baseUrl: '/', credentials: 'same-origin' })

type Outcome<T> = { data?: T; error?: unknown; response: Response }

/** The answer's body, or the problem thrown. */
export async function unwrap<T>(asked: Promise<Outcome<T>>): Promise<T> {
  const { data, error, response } = await asked.catch(() => {
    throw new Problem(0, 'offline', '')
  })
  if (response.ok) return data as T
  throw problemOf(response.status, error)
}

export function problemOf(status: number, body: unknown): Problem {
  const said = (typeof body === 'object' && body !== null ? body : {}) as Partial<Schema['Problem']>
  return new Problem(status, said.code ?? 'unknown', said.detail ?? '', said.fields ?? [])
}

export interface Page<T> {
  items: T[]
  next?: string | null
}

/** All items of a list, page after page; lists of configuration are small. */
export async function all<T>(page: (after?: string) => Promise<Page<T>>): Promise<T[]> {
  const items: T[] = []
  let after: string | undefined
  do {
    const { items: more, next } = await page(after)
    items.push(...more)
    after = next ?? undefined
  } while (after !== undefined)
  return items
}
