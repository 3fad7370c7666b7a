import { useMemo } from 'react'
import type { LiveEvent } from '~/lib/live/board'
import { type Me, useMe } from '~/lib/me'
import { read, useStoredText, write } from '~/lib/stored'
import { allSeen, cleared, type Notices, noticed, readNotices, tells } from './notices'

// The notices of one person in one company; they stay in this browser, for all of its tabs.

const keyOf = (me: Me): string => `notices.${me.company_id}.${me.user_id ?? 'key'}`

/** Kept as text, so that an unchanged list stays the same value. */
const kept = (text: string): Notices => {
  try {
    return readNotices(JSON.parse(text))
  } catch {
    return readNotices(null)
  }
}

export function note(me: Me, event: LiveEvent): void {
  // Most events are none, and many come a second.
  if (!tells(event)) return
  const before = kept(read(keyOf(me), ''))
  const after = noticed(before, event)
  if (after !== before) write(keyOf(me), JSON.stringify(after))
}

export function useNotices(): { notices: Notices; see: () => void; clear: () => void } {
  const [text, put] = useStoredText(keyOf(useMe()), '')
  const notices = useMemo(() => kept(text), [text])
  return {
    notices,
    see: () => put(JSON.stringify(allSeen(notices))),
    clear: () => put(JSON.stringify(cleared(notices))),
  }
}
