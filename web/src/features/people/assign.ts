import { client, unwrap } from '~/api/client'

/** Gives a person another extension: the former one becomes free first. */
export async function assign(
  user: string,
  present: string | undefined,
  wanted: string | undefined,
): Promise<void> {
  if (present === wanted) return
  if (present) await give(present, null)
  if (wanted) await give(wanted, user)
}

const give = (extension: string, user: string | null) =>
  unwrap(
    client.PATCH('/api/v1/extensions/{extension_id}', {
      params: { path: { extension_id: extension } },
      body: { user },
    }),
  )
