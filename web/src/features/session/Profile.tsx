import { useTranslation } from 'react-i18next'
import { useMe } from '~/lib/me'
import { Page } from '~/ui/Page'
import { Companies } from './Companies'
import { OwnHandling } from './OwnHandling'
import { OwnMailbox } from './OwnMailbox'
import { PasswordForm } from './PasswordForm'
import { SecondFactor } from './SecondFactor'
import { Sessions } from './Sessions'

/** One's own account: who one is, the password, the second factor, and where one is logged in. */
export function Profile() {
  const { t } = useTranslation()
  const me = useMe()
  return (
    <Page title={t('profile.title')} about={t('profile.about')}>
      <section className="card pad" style={{ maxWidth: 620 }}>
        <dl className="facts">
          <dt>{t('people.name')}</dt>
          <dd>{me.name || '–'}</dd>
          <dt>{t('login.login')}</dt>
          <dd>{me.login}</dd>
          <dt>{t('people.role')}</dt>
          <dd>{t(`role.${me.role}`)}</dd>
          <dt>{t('company.one')}</dt>
          <dd>{me.company_name}</dd>
        </dl>
      </section>
      {me.user_id && (
        <>
          <OwnHandling />
          <OwnMailbox />
          <Companies />
          <SecondFactor />
          <Sessions />
          <PasswordForm user={me.user_id} />
        </>
      )}
    </Page>
  )
}
