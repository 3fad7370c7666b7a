import { useQuery } from '@tanstack/react-query'
import { Input } from 'antd'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { client, unwrap } from '~/api/client'
import { usersQuery } from '~/api/lists'
import { useMay, useMe } from '~/lib/me'
import { formatPhone } from '~/lib/phone'
import { Editor } from '~/ui/Editor'
import type { Field } from '~/ui/Fields'
import { LabelsInput, type Pair, Pairs, type Way, Ways } from './inputs'
import type { Contact, ContactKind } from './queries'

interface Filled {
  name: string
  phones?: Way[]
  emails?: Way[]
  company?: string
  job_title?: string
  address?: string
  note?: string
  labels?: string[]
  owner?: string | null
  fields?: Pair[]
}

interface Props {
  row: Contact | null
  open: boolean
  /** A number to begin a new contact with. */
  phone?: string | undefined
  onClose: () => void
  onSaved: (contact: Contact) => void
  remove?: { run: () => Promise<void>; question: string; effect: string } | undefined
}

/** The pane in which a contact is made or changed. */
export function ContactEditor({ row, open, phone, onClose, onSaved, remove }: Props) {
  const { t } = useTranslation()
  const { country } = useMe()
  const fields = useFields()
  const values = useMemo(() => begin(row, phone, country), [row, phone, country])
  const save = async (filled: Record<string, unknown>) => {
    const body = bodyOf(filled as unknown as Filled)
    const params = { path: { contact_id: row?.id ?? '' } }
    onSaved(
      await unwrap(
        row
          ? client.PATCH('/api/v1/contacts/{contact_id}', { params, body })
          : client.POST('/api/v1/contacts', { body }),
      ),
    )
  }
  return (
    <Editor
      open={open}
      title={row ? row.name : t('contacts.add')}
      fields={fields}
      values={values as unknown as Record<string, unknown>}
      save={save}
      remove={remove}
      onClose={onClose}
    />
  )
}

function useFields(): Field[] {
  const { t } = useTranslation()
  const seesPeople = useMay('manage_users')
  const people = useQuery({ ...usersQuery, enabled: seesPeople }).data ?? []
  const owner: Field = {
    name: 'owner',
    label: 'contacts.owner',
    kind: 'select',
    options: people.map(({ id, name, login }) => ({ value: id, label: name || login })),
  }
  return [
    { name: 'name', label: 'contacts.name', kind: 'text', required: true },
    {
      name: 'phones',
      label: 'contacts.phone',
      kind: 'own',
      draw: (
        <Ways add={t('contacts.addPhone')} name={t('contacts.phone')} placeholder="0901 234 567" mode="tel" />
      ),
    },
    {
      name: 'emails',
      label: 'contacts.email',
      kind: 'own',
      draw: (
        <Ways
          add={t('contacts.addEmail')}
          name={t('contacts.email')}
          placeholder="lan@example.vn"
          mode="email"
        />
      ),
    },
    { name: 'company', label: 'contacts.company', kind: 'text' },
    { name: 'job_title', label: 'contacts.job', kind: 'text' },
    { name: 'address', label: 'contacts.address', kind: 'text' },
    {
      name: 'note',
      label: 'contacts.note',
      kind: 'own',
      draw: <Input.TextArea autoSize={{ minRows: 2, maxRows: 8 }} placeholder={t('contacts.noteHint')} />,
    },
    { name: 'labels', label: 'contacts.labels', kind: 'own', draw: <LabelsInput /> },
    ...(seesPeople ? [owner] : []),
    { name: 'fields', label: 'contacts.fields', kind: 'own', draw: <Pairs /> },
  ]
}

function begin(row: Contact | null, phone: string | undefined, country: string): Partial<Filled> {
  if (!row) return { phones: [{ value: phone ?? '', kind: 'personal' }] }
  return {
    name: row.name,
    company: row.company,
    job_title: row.job_title,
    address: row.address,
    note: row.note,
    labels: row.labels,
    owner: row.owner ?? null,
    phones: (row.phones ?? []).map(({ number, kind }) => ({
      value: formatPhone(number, country),
      kind: kind ?? 'personal',
    })),
    emails: (row.emails ?? []).map(({ address, kind }) => ({ value: address, kind: kind ?? 'personal' })),
    fields: Object.entries(row.fields ?? {}),
  }
}

function bodyOf(filled: Filled) {
  const ways = (list?: Way[]) => (list ?? []).filter(({ value }) => value.trim() !== '')
  const text = (value?: string) => value ?? ''
  return {
    name: filled.name,
    company: text(filled.company),
    job_title: text(filled.job_title),
    address: text(filled.address),
    note: text(filled.note),
    labels: filled.labels ?? [],
    owner: filled.owner ?? null,
    phones: ways(filled.phones).map(({ value, kind }) => ({ number: value, kind: kind as ContactKind })),
    emails: ways(filled.emails).map(({ value, kind }) => ({ address: value, kind: kind as ContactKind })),
    fields: Object.fromEntries((filled.fields ?? []).filter(([name]) => name.trim() !== '')),
  }
}
