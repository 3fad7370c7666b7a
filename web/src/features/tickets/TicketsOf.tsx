import { PlusOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { useMay } from '~/lib/me'
import { when } from '~/lib/time'
import { type TicketSearch, ticketsOfQuery } from './queries'
import { Status } from './words'

/** The tickets of a contact or of a call, and the way to a new one that knows both. */
export function TicketsOf({ contact, call }: { contact?: string | undefined; call?: string | undefined }) {
  const { t } = useTranslation()
  const [mayView, mayEdit] = [useMay('view_contacts'), useMay('edit_contacts')]
  const of = call ? { call } : { ...(contact ? { contact } : {}) }
  const tickets = useQuery({ ...ticketsOfQuery(of), enabled: mayView }).data ?? []
  if (!mayView) return null
  const search: TicketSearch = { open: 'new', ...(contact ? { contact } : {}), ...(call ? { call } : {}) }
  return (
    <section className="card pad">
      <div className="row between">
        <h2>{t('menu.tickets')}</h2>
        {mayEdit && (
          <Link to="/tickets" search={search} tabIndex={-1}>
            <Button size="small" icon={<PlusOutlined />}>
              {t('tickets.add')}
            </Button>
          </Link>
        )}
      </div>
      {tickets.length === 0 ? (
        <p className="muted">{t('tickets.noneOf')}</p>
      ) : (
        <ul className="latest">
          {tickets.map((ticket) => (
            <li key={ticket.id}>
              <Link to="/tickets/$id" params={{ id: ticket.id }} search={{}}>
                <span className="num">#{ticket.number}</span> {ticket.subject}
              </Link>
              <Status status={ticket.status} />
              <time className="num muted">{when(ticket.updated_at)}</time>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
