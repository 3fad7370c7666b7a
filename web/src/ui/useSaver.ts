import { useQueryClient } from '@tanstack/react-query'

/** Runs a change and lets the lists that it touches be read anew. */
export function useSaver(...lists: string[]) {
  const queries = useQueryClient()
  return async (change: Promise<unknown>): Promise<void> => {
    await change
    await Promise.all(lists.map((list) => queries.invalidateQueries({ queryKey: [list] })))
  }
}
