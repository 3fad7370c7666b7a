import { ContactsOutlined } from '@ant-design/icons'
import { client, unwrap } from '~/api/client'
import type { Source } from '~/lib/find/source'
import { formatPhone } from '~/lib/phone'

const SHORTEST = 2
const MOST = 6

/** Contacts by name or number; the server searches without accents and in any form of a number. */
export const contactSource: Source = {
  name: 'contacts',
  right: 'view_contacts',
  remote: true,
  find: async ({ text, me }) => {
    if (text.length < SHORTEST) return []
    const query = { q: text, limit: MOST }
    const { items } = await unwrap(client.GET('/api/v1/contacts', { params: { query } }))
    return items.map(({ id, name, phones }) => ({
      key: id,
      icon: <ContactsOutlined />,
      title: name || '–',
      hint: phones?.[0] ? formatPhone(phones[0].number, me.country) : '',
      go: { to: '/contacts/$id', params: { id } },
    }))
  },
}
