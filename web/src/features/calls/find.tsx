import { FieldNumberOutlined, UnorderedListOutlined } from '@ant-design/icons'
import { client, unwrap } from '~/api/client'
import type { Asked, Entry, Source } from '~/lib/find/source'
import { formatPhone } from '~/lib/phone'
import { when } from '~/lib/time'
import type { Call } from './queries'

const SHORTEST = 3
const NEWEST = 4

/** Calls by their id, or by a number that took part in them; the server reads numbers in any form. */
export const callSource: Source = {
  name: 'calls',
  right: 'make_calls',
  remote: true,
  find: async ({ text, number, me, t }) => {
    if (/^call_[0-9a-z]{26}$/.test(text)) {
      const go = { to: '/calls/$id', params: { id: text } }
      return [{ key: text, icon: <FieldNumberOutlined />, title: text, go }]
    }
    if (number.replace(/\D/g, '').length < SHORTEST) return []
    const query = { number, limit: NEWEST }
    const { items } = await unwrap(client.GET('/api/v1/calls', { params: { query } }))
    const all: Entry = {
      key: 'number',
      icon: <UnorderedListOutlined />,
      title: t('palette.callsOf', { number: formatPhone(number, me.country) }),
      go: { to: '/calls', search: { number } },
    }
    return [all, ...items.map((call) => entry(call, { me, t }))]
  },
}

function entry(call: Call, { me, t }: Pick<Asked, 'me' | 't'>): Entry {
  const read = (number: string) => formatPhone(number, me.country)
  return {
    key: call.id,
    icon: <FieldNumberOutlined />,
    title: `${read(call.caller_number)} → ${read(call.callee_number)}`,
    hint: `${t(`status.${call.status}`)} · ${when(call.started_at)}`,
    go: { to: '/calls/$id', params: { id: call.id } },
  }
}
