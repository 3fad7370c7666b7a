import i18next from 'i18next'
import { client, unwrap } from '~/api/client'
import { languageOf } from '~/lib/i18n'
import { newPassword } from '~/lib/password'

// What a manager can do about how somebody comes in.

const at = (user: string) => ({ params: { path: { user_id: user } } })

export const invite = (user: string) =>
  unwrap(
    client.POST('/api/v1/users/{user_id}/invitation', {
      ...at(user),
      body: { language: languageOf(i18next.language) },
    }),
  )

export const revokeInvitation = (user: string) =>
  unwrap(client.DELETE('/api/v1/users/{user_id}/invitation', at(user)))

export const endSessions = (user: string) =>
  unwrap(client.DELETE('/api/v1/users/{user_id}/sessions', at(user)))

export const resetFactor = (user: string) =>
  unwrap(client.DELETE('/api/v1/users/{user_id}/second-factor', at(user)))

/** Gives somebody a new password and tells it. */
export async function resetPassword(user: string): Promise<string> {
  const password = newPassword()
  await unwrap(client.POST('/api/v1/users/{user_id}/password', { ...at(user), body: { password } }))
  return password
}
