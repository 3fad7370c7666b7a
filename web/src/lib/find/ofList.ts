import type { QueryKey, UseQueryOptions } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { Right } from '~/lib/me'
import { fold, numberFits } from '~/lib/phone'
import { hasWords, type Source } from './source'

interface Words {
  title: string
  /** More that is searched but not shown first, such as a login. */
  more?: string
  /** Telephone numbers, found in whichever form they are typed. */
  numbers?: string[]
}

interface Kind<T, K extends QueryKey> {
  /** The list's address, and the name of its words. */
  name: string
  right?: Right
  icon: ReactNode
  query: UseQueryOptions<T[], Error, T[], K>
  words: (row: T, country: string) => Words
  /** The row's own page; the list with its pane when missing. */
  page?: string
}

/** A source over a list of configuration, which is read once and kept: by name, number or id. */
export function ofList<T extends { id: string }, K extends QueryKey>(kind: Kind<T, K>): Source {
  return {
    name: kind.name,
    right: kind.right ?? 'view_config',
    find: async ({ text, folded, number, me, queries }) => {
      if (folded === '') return []
      const rows = await queries.ensureQueryData(kind.query)
      return rows.flatMap((row) => {
        const { title, more = '', numbers = [] } = kind.words(row, me.country)
        const fits =
          row.id === text ||
          hasWords(fold(`${title} ${more}`), folded) ||
          (number !== '' && numbers.some((one) => numberFits(one, number, me.country)))
        if (!fits) return []
        const go = kind.page
          ? { to: kind.page, params: { id: row.id } }
          : { to: `/${kind.name}`, search: { open: row.id } }
        return [{ key: row.id, icon: kind.icon, title, hint: more, go }]
      })
    },
  }
}
