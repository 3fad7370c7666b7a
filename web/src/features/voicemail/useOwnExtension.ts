import { useQuery } from '@tanstack/react-query'
import { extensionsQuery } from '~/api/lists'
import { useMe } from '~/lib/me'

/** The extension of the one who is logged in. */
export function useOwnExtension() {
  const person = useMe().user_id
  return useQuery(extensionsQuery).data?.find((one) => person && one.user === person)
}
