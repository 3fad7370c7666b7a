import { useTranslation } from 'react-i18next'
import { day, serverNow, whenFull } from '~/lib/time'
import { Dot } from '~/ui/Dot'
import type { Ticket, TicketPriority, TicketStatus } from './queries'

const TONES = { new: 'warn', open: 'good', rejected: 'quiet', solved: 'quiet', closed: 'quiet' } as const

export function Status({ status }: { status: TicketStatus }) {
  const { t } = useTranslation()
  return <Dot tone={TONES[status]}>{t(`tickets.status_${status}`)}</Dot>
}

/** Only what is out of the ordinary is said loudly. */
export function Priority({ priority }: { priority: TicketPriority }) {
  const { t } = useTranslation()
  const word = t(`tickets.priority_${priority}`)
  return priority === 'high' ? <Dot tone="bad">{word}</Dot> : <span className="muted">{word}</span>
}

/** When it should be done; a day that has passed says so. */
export function Due({ ticket }: { ticket: Ticket }) {
  const { t } = useTranslation()
  if (!ticket.due_at) return <span className="muted">–</span>
  const late = !ticket.closed_at && ticket.due_at < serverNow()
  const text = (
    <time className="num" title={whenFull(ticket.due_at)}>
      {day(ticket.due_at)}
    </time>
  )
  return late ? (
    <Dot tone="bad">
      {t('tickets.late')} · {text}
    </Dot>
  ) : (
    text
  )
}
