import { ArrowLeftOutlined, EditOutlined, MergeCellsOutlined } from '@ant-design/icons'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { Button, Skeleton } from 'antd'
import { type ReactNode, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { client, unwrap } from '~/api/client'
import { usersQuery } from '~/api/lists'
import { TicketsOf } from '~/features/tickets/TicketsOf'
import { contactsChanged } from '~/lib/contacts'
import { useMay } from '~/lib/me'
import { whenFull } from '~/lib/time'
import { Failed } from '~/ui/Failed'
import { Page } from '~/ui/Page'
import { Phone } from '~/ui/Phone'
import { ContactEditor } from './ContactEditor'
import { Labels } from './columns'
import { History } from './History'
import { Merge } from './Merge'
import { Notes } from './Notes'
import { type Contact, contactQuery } from './queries'

/** Everything about one contact: what is known, what was written, and the calls. */
export function ContactPage() {
  const { t } = useTranslation()
  const { id } = useParams({ from: '/inside/contacts/$id' })
  const { open } = useSearch({ from: '/inside/contacts/$id' })
  const navigate = useNavigate()
  const queries = useQueryClient()
  const [mayEdit, mayManage] = [useMay('edit_contacts'), useMay('manage_contacts')]
  const { data: contact, error, refetch } = useQuery(contactQuery(id))
  const removed = useRef(false)
  const show = (next?: string) =>
    void navigate({ to: '/contacts/$id', params: { id }, search: next ? { open: next } : {} })
  if (error && !contact) return <Failed error={error} retry={refetch} />
  if (!contact) return <Skeleton active className="waiting" />
  const remove = {
    question: t('contacts.removeAsk', { name: contact.name }),
    effect: t('contacts.removeEffect'),
    run: async () => {
      const params = { path: { contact_id: id } }
      await unwrap(client.DELETE('/api/v1/contacts/{contact_id}', { params }))
      removed.current = true
    },
  }
  return (
    <Page
      title={
        <span className="row">
          <Link to="/contacts" aria-label={t('menu.contacts')}>
            <ArrowLeftOutlined />
          </Link>
          <span style={{ overflowWrap: 'anywhere' }}>{contact.name}</span>
        </span>
      }
      about={[contact.job_title, contact.company].filter(Boolean).join(' · ')}
      actions={
        <>
          {mayManage && (
            <Button icon={<MergeCellsOutlined />} onClick={() => show('merge')}>
              {t('contacts.merge')}
            </Button>
          )}
          {mayEdit && (
            <Button type="primary" icon={<EditOutlined />} onClick={() => show('edit')}>
              {t('contacts.edit')}
            </Button>
          )}
        </>
      }
    >
      <div className="call-grid">
        <div className="stack">
          <TicketsOf contact={id} />
          <History id={id} hasNumbers={(contact.phones?.length ?? 0) > 0} />
        </div>
        <div className="stack">
          <Facts contact={contact} />
          <Notes id={id} />
        </div>
      </div>
      <ContactEditor
        row={contact}
        open={open === 'edit' && mayEdit}
        onClose={() => {
          if (!removed.current) return show()
          void navigate({ to: '/contacts' }).then(() => {
            queries.removeQueries({ queryKey: ['contacts', 'one', id] })
            return contactsChanged(queries)
          })
        }}
        onSaved={() => void contactsChanged(queries)}
        remove={mayManage ? remove : undefined}
      />
      <Merge keep={contact} open={open === 'merge' && mayManage} onClose={() => show()} />
    </Page>
  )
}

function Facts({ contact }: { contact: Contact }) {
  const { t } = useTranslation()
  const seesPeople = useMay('manage_users')
  const owner = useQuery({ ...usersQuery, enabled: seesPeople }).data?.find(({ id }) => id === contact.owner)
  const kind = (word?: string) =>
    word && word !== 'personal' ? <span className="muted"> {t(`contacts.kind_${word}`)}</span> : null
  const facts: [string, ReactNode][] = [
    ...(contact.phones ?? []).map((phone): [string, ReactNode] => [
      t('contacts.phone'),
      <span key={phone.number}>
        <Phone number={phone.number} />
        {kind(phone.kind)}
      </span>,
    ]),
    ...(contact.emails ?? []).map((email): [string, ReactNode] => [
      t('contacts.email'),
      <span key={email.address}>
        <a href={`mailto:${email.address}`}>{email.address}</a>
        {kind(email.kind)}
      </span>,
    ]),
    [t('contacts.company'), contact.company],
    [t('contacts.address'), contact.address],
    [t('contacts.labels'), contact.labels?.length ? <Labels key="l" row={contact} /> : ''],
    [t('contacts.owner'), owner ? owner.name || owner.login : ''],
    ...Object.entries(contact.fields ?? {}),
    [
      t('contacts.note'),
      <span key="n" className="pre">
        {contact.note}
      </span>,
    ],
    [t('contacts.since'), whenFull(contact.created_at)],
  ]
  const told = facts.filter(
    ([name, value]) => value !== '' && !(name === t('contacts.note') && !contact.note),
  )
  return (
    <section className="card pad">
      <h2 style={{ marginBottom: 12 }}>{t('contacts.facts')}</h2>
      <dl className="facts">
        {told.map(([name, value], place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two numbers have the same name
          <div key={place} style={{ display: 'contents' }}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
