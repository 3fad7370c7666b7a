import { useQuery } from '@tanstack/react-query'
import { AutoComplete, DatePicker, Input } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { client, type Schema, unwrap } from '~/api/client'
import { useMe } from '~/lib/me'
import { momentOf, wallOf } from '~/lib/wall'
import { Editor } from '~/ui/Editor'
import type { Field } from '~/ui/Fields'
import { choicesQuery, PRIORITIES, STATUSES, type Ticket } from './queries'

interface Filled {
  subject: string
  description?: string
  status?: Schema['TicketStatus']
  priority?: Schema['TicketPriority'] | undefined
  category?: string
  assignee?: string | null
  due?: Dayjs | null
}

interface Props {
  row: Ticket | null
  open: boolean
  /** Whom a new ticket is for, and the call it comes from. */
  contact?: string | undefined
  call?: string | undefined
  onClose: () => void
  onSaved: (ticket: Ticket) => void
  remove?: { run: () => Promise<void>; question: string; effect: string } | undefined
}

/** The pane in which a ticket is written or changed. */
export function TicketEditor({ row, open, contact, call, onClose, onSaved, remove }: Props) {
  const { t } = useTranslation()
  const me = useMe()
  const fields = useFields(row !== null)
  const values = useMemo(() => begin(row, me.user_id), [row, me.user_id])
  const save = async (filled: Record<string, unknown>) => {
    const body = bodyOf(filled as unknown as Filled)
    if (!row) {
      const from = { contact: contact ?? null, call: call ?? null }
      onSaved(await unwrap(client.POST('/api/v1/tickets', { body: { ...body, ...from } })))
      return
    }
    const status = (filled as unknown as Filled).status
    const params = { path: { ticket_id: row.id } }
    onSaved(await unwrap(client.PATCH('/api/v1/tickets/{ticket_id}', { params, body: { ...body, status } })))
  }
  return (
    <Editor
      open={open}
      title={row ? `#${row.number} ${row.subject}` : t('tickets.add')}
      fields={fields}
      values={values as unknown as Record<string, unknown>}
      save={save}
      remove={remove}
      onClose={onClose}
    />
  )
}

function useFields(known: boolean): Field[] {
  const { t } = useTranslation()
  const choices = useQuery(choicesQuery).data
  const status: Field = {
    name: 'status',
    label: 'tickets.status',
    kind: 'select',
    required: true,
    options: STATUSES.map((value) => ({ value, label: t(`tickets.status_${value}`) })),
  }
  return [
    { name: 'subject', label: 'tickets.subject', kind: 'text', required: true },
    {
      name: 'description',
      label: 'tickets.description',
      kind: 'own',
      draw: <Input.TextArea autoSize={{ minRows: 4, maxRows: 14 }} maxLength={10_000} />,
    },
    ...(known ? [status] : []),
    {
      name: 'priority',
      label: 'tickets.priority',
      kind: 'select',
      required: true,
      options: PRIORITIES.map((value) => ({ value, label: t(`tickets.priority_${value}`) })),
    },
    {
      name: 'category',
      label: 'tickets.category',
      kind: 'own',
      draw: (
        <AutoComplete
          options={(choices?.categories ?? []).map((value) => ({ value }))}
          placeholder={t('tickets.categoryHint')}
        />
      ),
    },
    {
      name: 'assignee',
      label: 'tickets.assignee',
      kind: 'select',
      options: (choices?.people ?? []).map(({ id, name }) => ({ value: id, label: name })),
    },
    {
      name: 'due',
      label: 'tickets.due',
      kind: 'own',
      draw: <DatePicker showTime={{ format: 'HH:mm' }} format="DD/MM/YYYY HH:mm" style={{ width: 220 }} />,
    },
  ]
}

function begin(row: Ticket | null, me: string | null | undefined): Partial<Filled> {
  if (!row) return { priority: 'medium', assignee: me ?? null }
  const { subject, description, status, priority, category, assignee, due_at } = row
  return {
    subject,
    description,
    status,
    priority,
    category,
    assignee: assignee ?? null,
    due: due_at ? dayjs(wallOf(due_at)) : null,
  }
}

function bodyOf(filled: Filled) {
  return {
    subject: filled.subject,
    description: filled.description ?? '',
    priority: filled.priority ?? ('medium' as const),
    category: filled.category ?? '',
    assignee: filled.assignee ?? null,
    due_at: filled.due ? momentOf(filled.due.format('YYYY-MM-DDTHH:mm:ss')) : null,
  }
}
