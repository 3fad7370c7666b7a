import { ArrowLeftOutlined, EditOutlined } from '@ant-design/icons'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { App, Button, Select, Skeleton } from 'antd'
import { type ReactNode, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { client, unwrap } from '~/api/client'
import { useMay } from '~/lib/me'
import { problemText } from '~/lib/problem'
import { whenFull } from '~/lib/time'
import { Failed } from '~/ui/Failed'
import { Page } from '~/ui/Page'
import { STATUSES, type Ticket, type TicketStatus, ticketQuery, ticketsChanged } from './queries'
import { Story } from './Story'
import { TicketEditor } from './TicketEditor'
import { Due, Priority, Status } from './words'

/** Everything about one ticket: what is to be done, for whom, and its story. */
export function TicketPage() {
  const { t } = useTranslation()
  const { id } = useParams({ from: '/inside/tickets/$id' })
  const { open } = useSearch({ from: '/inside/tickets/$id' })
  const navigate = useNavigate()
  const queries = useQueryClient()
  const [mayEdit, mayManage] = [useMay('edit_contacts'), useMay('manage_contacts')]
  const { data: ticket, error, refetch } = useQuery(ticketQuery(id))
  const removed = useRef(false)
  const show = (next?: string) =>
    void navigate({ to: '/tickets/$id', params: { id }, search: next ? { open: next } : {} })
  if (error && !ticket) return <Failed error={error} retry={refetch} />
  if (!ticket) return <Skeleton active className="waiting" />
  const remove = {
    question: t('tickets.removeAsk', { number: ticket.number }),
    effect: t('tickets.removeEffect'),
    run: async () => {
      await unwrap(client.DELETE('/api/v1/tickets/{ticket_id}', { params: { path: { ticket_id: id } } }))
      removed.current = true
    },
  }
  return (
    <Page
      title={
        <span className="row">
          <Link to="/tickets" search={{}} aria-label={t('menu.tickets')}>
            <ArrowLeftOutlined />
          </Link>
          <span style={{ overflowWrap: 'anywhere' }}>{ticket.subject}</span>
        </span>
      }
      about={`#${ticket.number} · ${whenFull(ticket.created_at)}`}
      actions={
        mayEdit && (
          <>
            <Move ticket={ticket} />
            <Button type="primary" icon={<EditOutlined />} onClick={() => show('edit')}>
              {t('tickets.edit')}
            </Button>
          </>
        )
      }
    >
      <div className="call-grid">
        <div className="stack">
          {ticket.description && (
            <section className="card pad">
              <h2 style={{ marginBottom: 12 }}>{t('tickets.description')}</h2>
              <p className="pre">{ticket.description}</p>
            </section>
          )}
          <Story id={id} />
        </div>
        <div className="stack">
          <Facts ticket={ticket} />
        </div>
      </div>
      <TicketEditor
        row={ticket}
        open={open === 'edit' && mayEdit}
        onClose={() => {
          if (!removed.current) return show()
          void navigate({ to: '/tickets', search: {} }).then(() => {
            queries.removeQueries({ queryKey: ['tickets', 'one', id] })
            return ticketsChanged(queries)
          })
        }}
        onSaved={() => void ticketsChanged(queries)}
        remove={mayManage ? remove : undefined}
      />
    </Page>
  )
}

/** How far it is, changed in one step. */
function Move({ ticket }: { ticket: Ticket }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const queries = useQueryClient()
  const move = async (status: TicketStatus) => {
    const params = { path: { ticket_id: ticket.id } }
    try {
      await unwrap(client.PATCH('/api/v1/tickets/{ticket_id}', { params, body: { status } }))
      await ticketsChanged(queries)
    } catch (error) {
      message.error(problemText(error, t))
    }
  }
  return (
    <Select
      aria-label={t('tickets.status')}
      style={{ minWidth: 150 }}
      value={ticket.status}
      options={STATUSES.map((value) => ({ value, label: t(`tickets.status_${value}`) }))}
      onChange={(status) => void move(status)}
    />
  )
}

function Facts({ ticket }: { ticket: Ticket }) {
  const { t } = useTranslation()
  const seesCalls = useMay('view_calls')
  const facts: [string, ReactNode][] = [
    [t('tickets.status'), <Status key="s" status={ticket.status} />],
    [t('tickets.priority'), <Priority key="p" priority={ticket.priority} />],
    [t('tickets.category'), ticket.category || '–'],
    [
      t('tickets.contact'),
      ticket.contact ? (
        <Link key="c" to="/contacts/$id" params={{ id: ticket.contact }} search={{}}>
          {ticket.contact_name}
        </Link>
      ) : (
        '–'
      ),
    ],
    [
      t('tickets.call'),
      ticket.call && seesCalls ? (
        <Link key="l" to="/calls/$id" params={{ id: ticket.call }}>
          {t('tickets.toCall')}
        </Link>
      ) : (
        '–'
      ),
    ],
    [t('tickets.assignee'), ticket.assignee_name || t('tickets.nobody')],
    [t('tickets.due'), <Due key="d" ticket={ticket} />],
    [t('tickets.author'), ticket.author_name || t('tickets.program')],
    [t('tickets.updated'), whenFull(ticket.updated_at)],
  ]
  return (
    <section className="card pad">
      <h2 style={{ marginBottom: 12 }}>{t('tickets.facts')}</h2>
      <dl className="facts">
        {facts.map(([name, value]) => (
          <div key={name} style={{ display: 'contents' }}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
