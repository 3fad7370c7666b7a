import { App, Button } from 'antd'
import { useTranslation } from 'react-i18next'
import type { Schema } from '~/api/client'
import { problemText } from '~/lib/problem'
import { useSaver } from '~/ui/useSaver'
import { endSessions, invite, resetFactor, resetPassword, revokeInvitation } from './access'

type User = Schema['User']

/** What else one can do for a person who does not get in, or should not. */
export function Actions({
  user,
  onPassword,
  onInvited,
}: {
  user: User
  onPassword: (password: string) => void
  onInvited: (invitation: Schema['Invitation']) => void
}) {
  const { t } = useTranslation()
  const { modal, message } = App.useApp()
  const saver = useSaver('users')
  const run = async (work: () => Promise<unknown>, done?: string) => {
    try {
      await saver(work())
      if (done) message.success(done)
    } catch (error) {
      message.error(problemText(error, t))
    }
  }
  const ask = (title: string, content: string, work: () => Promise<unknown>, done?: string) => () =>
    modal.confirm({ title, content, onOk: () => run(work, done) })
  const { login } = user
  const reset = ask(t('people.resetAsk', { login }), t('people.resetEffect'), async () =>
    onPassword(await resetPassword(user.id)),
  )
  return (
    <section style={{ marginTop: 8 }}>
      <h3 style={{ marginBottom: 8 }}>{t('access.title')}</h3>
      <div className="row">
        {user.invited && (
          <>
            <Button onClick={() => run(async () => onInvited(await invite(user.id)))}>
              {t('access.inviteAgain')}
            </Button>
            <Button
              onClick={ask(
                t('access.revokeAsk', { login }),
                t('access.revokeEffect'),
                () => revokeInvitation(user.id),
                t('access.revoked'),
              )}
            >
              {t('access.revoke')}
            </Button>
          </>
        )}
        {user.joined && <p className="muted">{t('people.joined')}</p>}
        {!user.joined && <Button onClick={reset}>{t('people.reset')}</Button>}
        {!user.invited && (
          <>
            <Button
              onClick={ask(
                t('access.endAsk', { login }),
                t('access.endEffect'),
                () => endSessions(user.id),
                t('sessions.ended'),
              )}
            >
              {t('access.end')}
            </Button>
            {!user.joined && (
              <Button
                onClick={ask(
                  t('access.factorAsk', { login }),
                  t('access.factorEffect'),
                  () => resetFactor(user.id),
                  t('access.factorDone'),
                )}
              >
                {t('access.factor')}
              </Button>
            )}
          </>
        )}
      </div>
    </section>
  )
}
