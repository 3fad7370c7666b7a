import type { TFunction } from 'i18next'
import { Problem } from '~/api/client'

/** A problem in the reader's words: by its code where we have words for it, else what the server said. */
export function problemText(error: unknown, t: TFunction): string {
  if (!(error instanceof Problem)) return t('problem.unknown')
  const known = t(`problem.${error.code}`, { defaultValue: '' })
  if (known !== '') return known
  if (error.status >= 500) return t('problem.server')
  return error.message || t('problem.unknown')
}
