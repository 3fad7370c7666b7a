import { UserAddOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Tag } from 'antd'
import { useTranslation } from 'react-i18next'
import { client, unwrap } from '~/api/client'
import { Direction, Status } from '~/features/calls/words'
import { useMay } from '~/lib/me'
import { when } from '~/lib/time'

/** Who is at the far end, with the last calls: shown while it rings and while one talks. */
export function Customer({ number }: { number: string }) {
  const { t } = useTranslation()
  const [mayView, mayEdit] = [useMay('view_contacts'), useMay('edit_contacts')]
  const found = useQuery({
    queryKey: ['contacts', 'phone', number],
    enabled: mayView && number !== '',
    retry: false,
    queryFn: () => unwrap(client.GET('/api/v1/contacts/lookup', { params: { query: { phone: number } } })),
  }).data
  if (!found || found.colleague) return null
  const { contact, calls } = found
  return (
    <div className="customer">
      {contact ? (
        <>
          <Link to="/contacts/$id" params={{ id: contact.id }} className="customer-name">
            {contact.name}
          </Link>
          {contact.company && <span className="muted">{contact.company}</span>}
          {(contact.labels?.length ?? 0) > 0 && (
            <span>
              {contact.labels?.slice(0, 4).map((label) => (
                <Tag key={label}>{label}</Tag>
              ))}
            </span>
          )}
          {contact.note && <p className="customer-note">{contact.note}</p>}
        </>
      ) : (
        mayEdit && (
          <Link to="/contacts" search={{ open: 'new', phone: number }}>
            <UserAddOutlined aria-hidden="true" /> {t('phone.keep')}
          </Link>
        )
      )}
      {calls.length > 0 && (
        <ul className="customer-calls" aria-label={t('phone.lastCalls')}>
          {calls.slice(0, 3).map((call) => (
            <li key={call.id}>
              <Direction direction={call.direction} />
              <Status status={call.status} />
              <time className="num muted">{when(call.started_at)}</time>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
