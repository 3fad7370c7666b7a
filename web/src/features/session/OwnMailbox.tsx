import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { client, unwrap } from '~/api/client'
import { extensionsQuery } from '~/api/lists'
import { useMe } from '~/lib/me'
import { MailboxSettings } from '~/ui/MailboxSettings'

/** What becomes of callers whom one does not answer; nothing for who has no extension. */
export function OwnMailbox() {
  const { t } = useTranslation()
  const person = useMe().user_id
  const own = useQuery(extensionsQuery).data?.some((one) => person && one.user === person)
  if (!own) return null
  return (
    <section className="card pad" style={{ maxWidth: 620 }}>
      <h2 style={{ marginBottom: 4 }}>{t('mailbox.mine')}</h2>
      <p className="muted" style={{ marginBottom: 16 }}>
        {t('mailbox.about')}
      </p>
      <MailboxSettings
        name="own"
        get={() => unwrap(client.GET('/api/v1/phone/voicemail'))}
        patch={(body) => unwrap(client.PATCH('/api/v1/phone/voicemail', { body }))}
      />
    </section>
  )
}
