import { queryOptions } from '@tanstack/react-query'
import { client, unwrap } from '~/api/client'

export const scoresQuery = (id: string) =>
  queryOptions({
    queryKey: ['calls', 'scores', id],
    queryFn: async () => {
      const params = { path: { call_id: id } }
      return (await unwrap(client.GET('/api/v1/calls/{call_id}/scores', { params }))).items
    },
  })

/** Hundredths of a percent as people read them. */
export const percent = (score: number): string => `${(score / 100).toFixed(score % 100 === 0 ? 0 : 1)}%`
