import { ProfileOutlined } from '@ant-design/icons'
import { client, unwrap } from '~/api/client'
import type { Source } from '~/lib/find/source'

const SHORTEST = 2
const MOST = 6

/** Tickets by number or subject; the server searches without accents. */
export const ticketSource: Source = {
  name: 'tickets',
  right: 'view_contacts',
  remote: true,
  find: async ({ text }) => {
    if (text.length < SHORTEST) return []
    const query = { q: text.replace(/^#/, ''), limit: MOST }
    const { items } = await unwrap(client.GET('/api/v1/tickets', { params: { query } }))
    return items.map(({ id, number, subject, contact_name }) => ({
      key: id,
      icon: <ProfileOutlined />,
      title: `#${number} ${subject}`,
      hint: contact_name,
      go: { to: '/tickets/$id', params: { id } },
    }))
  },
}
