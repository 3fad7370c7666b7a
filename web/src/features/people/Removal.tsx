import { App, Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { client, type Schema, unwrap } from '~/api/client'
import { problemText } from '~/lib/problem'
import { useSaver } from '~/ui/useSaver'

interface Props {
  user: Schema['User']
  extension: string | undefined
  onDone: () => void
}

/** Takes somebody out of the company: first the extension, then the person. */
export function Removal({ user, extension, onDone }: Props) {
  const { t } = useTranslation()
  const { modal, message } = App.useApp()
  const saver = useSaver('users', 'departments')
  const remove = () =>
    modal.confirm({
      title: t('people.removeAsk', { login: user.login }),
      content: t('people.removeEffect'),
      okText: t('people.remove'),
      okButtonProps: { danger: true },
      onOk: () =>
        saver(unwrap(client.DELETE('/api/v1/users/{user_id}', { params: { path: { user_id: user.id } } })))
          .then(onDone)
          .catch((error) => void message.error(problemText(error, t))),
    })
  return (
    <section style={{ marginTop: 16 }}>
      <Button danger disabled={extension !== undefined} onClick={remove}>
        {t('people.remove')}
      </Button>
      {extension !== undefined && <p className="muted">{t('people.removeHeld')}</p>}
    </section>
  )
}
