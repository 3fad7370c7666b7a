import { Tag } from 'antd'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { dayShort, when, whenFull } from '~/lib/time'
import type { Column } from '~/ui/DataTable'
import { Phone } from '~/ui/Phone'
import type { Contact } from './queries'

/** The columns of the list of contacts. */
export function useContactColumns(): Column<Contact>[] {
  const { t } = useTranslation()
  return useMemo(
    () => [
      { key: 'name', title: t('contacts.name'), cell: (row) => row.name, narrow: true },
      { key: 'phone', title: t('contacts.phone'), cell: (row) => <Numbers row={row} />, narrow: true },
      { key: 'company', title: t('contacts.company'), cell: (row) => row.company || <Dash /> },
      { key: 'labels', title: t('contacts.labels'), cell: (row) => <Labels row={row} /> },
      { key: 'note', title: t('contacts.note'), cell: (row) => <FirstLine text={row.note} /> },
      {
        key: 'since',
        title: t('contacts.since'),
        cell: (row) => (
          <time className="num" title={whenFull(row.created_at)}>
            {when(row.created_at).includes('/') ? dayShort(row.created_at) : when(row.created_at)}
          </time>
        ),
        width: '110px',
      },
    ],
    [t],
  )
}

function FirstLine({ text }: { text?: string | undefined }) {
  const line = text?.split('\n')[0]
  return line ? <span className="first-line">{line}</span> : <Dash />
}

const Dash = () => <span className="muted">–</span>

function Numbers({ row }: { row: Contact }) {
  const [first, ...rest] = row.phones ?? []
  if (!first) return <Dash />
  return (
    <>
      <Phone number={first.number} />
      {rest.length > 0 && <span className="muted"> +{rest.length}</span>}
    </>
  )
}

export function Labels({ row }: { row: Contact }) {
  if (!row.labels?.length) return <Dash />
  return (
    <span className="tags">
      {row.labels.map((label) => (
        <Tag key={label}>{label}</Tag>
      ))}
    </span>
  )
}
