import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Column } from '~/ui/DataTable'
import type { Ticket } from './queries'
import { Due, Priority, Status } from './words'

/** Cut so that a phone has room for the status. */
const Subject = ({ row }: { row: Ticket }) => (
  <span className="first-line" style={{ maxWidth: 'min(300px, 46vw)' }}>
    {row.subject}
  </span>
)

const Dash = () => <span className="muted">–</span>

/** The columns of the list of tickets. */
export function useTicketColumns(): Column<Ticket>[] {
  const { t } = useTranslation()
  return useMemo(
    () => [
      {
        key: 'number',
        title: t('tickets.number'),
        cell: (row) => <span className="num">#{row.number}</span>,
        width: '80px',
      },
      { key: 'subject', title: t('tickets.subject'), cell: (row) => <Subject row={row} />, narrow: true },
      {
        key: 'status',
        title: t('tickets.status'),
        cell: (row) => <Status status={row.status} />,
        width: '150px',
        narrow: true,
      },
      {
        key: 'priority',
        title: t('tickets.priority'),
        cell: (row) => <Priority priority={row.priority} />,
        width: '120px',
      },
      { key: 'category', title: t('tickets.category'), cell: (row) => row.category || <Dash /> },
      { key: 'contact', title: t('tickets.contact'), cell: (row) => row.contact_name || <Dash /> },
      { key: 'assignee', title: t('tickets.assignee'), cell: (row) => row.assignee_name || <Dash /> },
      { key: 'due', title: t('tickets.due'), cell: (row) => <Due ticket={row} />, width: '150px' },
    ],
    [t],
  )
}
