import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { Schema } from '~/api/client'
import {
  extensionsQuery,
  flowsQuery,
  greetingsQuery,
  groupsQuery,
  hotlinesQuery,
  queuesQuery,
  schedulesQuery,
  trunksQuery,
} from '~/api/lists'
import { formatPhone } from './phone'

// What ids are called.

export interface Names {
  extensions: Schema['Extension'][]
  hotlines: Schema['Hotline'][]
  /** The name of whatever has this id, or the id's end when nobody knows it any more. */
  of: (id: string) => string
  extensionByNumber: (number: string) => Schema['Extension'] | undefined
}

const PATTERN = /\b(?:ext|hot|trk|grp|flw|grt|sch|que)_[0-9a-z]{26}\b/g

export function useNames(): Names {
  const extensions = useQuery(extensionsQuery).data
  const hotlines = useQuery(hotlinesQuery).data
  const trunks = useQuery(trunksQuery).data
  const groups = useQuery(groupsQuery).data
  const flows = useQuery(flowsQuery).data
  const greetings = useQuery(greetingsQuery).data
  const schedules = useQuery(schedulesQuery).data
  const queues = useQuery(queuesQuery).data
  return useMemo(() => {
    const known = new Map<string, string>()
    for (const one of extensions ?? []) known.set(one.id, extensionName(one))
    for (const one of hotlines ?? []) known.set(one.id, hotlineName(one))
    for (const list of [trunks, groups, flows, greetings, schedules, queues])
      for (const one of list ?? []) known.set(one.id, one.name)
    const byNumber = new Map((extensions ?? []).map((one) => [one.number, one]))
    return {
      extensions: extensions ?? [],
      hotlines: hotlines ?? [],
      of: (id) => known.get(id) ?? `…${id.slice(-4)}`,
      extensionByNumber: (number) => byNumber.get(number),
    }
  }, [extensions, hotlines, trunks, groups, flows, greetings, schedules, queues])
}

export const extensionName = ({ number, name }: { number: string; name: string }): string =>
  name === number ? number : `${number} · ${name}`

export const hotlineName = ({ number, name }: { number: string; name: string }): string =>
  name === number ? formatPhone(number) : `${name} · ${formatPhone(number)}`

/** A text with names in place of the ids in it. */
export const withNames = (text: string, names: Names): string => text.replace(PATTERN, (id) => names.of(id))
