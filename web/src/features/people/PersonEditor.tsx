import { useQuery } from '@tanstack/react-query'
import { App, Button, Checkbox, Modal } from 'antd'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client, type Schema, unwrap } from '~/api/client'
import { extensionsQuery } from '~/api/lists'
import { grantable, useMe } from '~/lib/me'
import { extensionName } from '~/lib/names'
import { problemText } from '~/lib/problem'
import { Copy } from '~/ui/Copy'
import { Editor } from '~/ui/Editor'
import type { Field } from '~/ui/Fields'
import { useSaver } from '~/ui/useSaver'
import { assign } from './assign'
import { newPassword } from './password'

type User = Schema['User']
interface Filled extends User {
  password?: string
  extension?: string
}

export function PersonEditor({
  row,
  open,
  onClose,
}: {
  row: User | null
  open: boolean
  onClose: () => void
}) {
  const { t } = useTranslation()
  const me = useMe()
  const saver = useSaver('users', 'extensions')
  const extensions = useQuery(extensionsQuery).data ?? []
  const present = extensions.find((one) => one.user !== null && one.user === row?.id)?.id
  const [told, setTold] = useState<{ login: string; password: string } | null>(null)
  const own = row?.id === me.user_id
  const free = extensions.filter((one) => !one.user || one.user === row?.id)
  const fields: Field[] = [
    { name: 'name', label: 'people.name', kind: 'text', placeholder: 'Nguyễn Thị Lan' },
    {
      name: 'login',
      label: 'login.login',
      kind: 'text',
      required: true,
      disabled: row !== null,
      placeholder: 'lan@congty.vn',
      help: 'people.loginHelp',
    },
    {
      name: 'role',
      label: 'people.role',
      kind: 'select',
      required: true,
      disabled: own,
      options: grantable(me.role).map((value) => ({ value, label: t(`role.${value}`) })),
      help: 'people.roleHelp',
    },
    {
      name: 'extension',
      label: 'people.phone',
      kind: 'select',
      help: 'people.phoneHelp',
      options: free.map((one) => ({ value: one.id, label: extensionName(one) })),
    },
  ]
  if (row && !own) fields.push({ name: 'enabled', label: 'people.mayLogIn', kind: 'switch' })
  const values = useMemo(() => ({ role: 'agent', ...row, extension: present }), [row, present])
  const save = async (filled: Record<string, unknown>) => {
    const { name, login, role, enabled, extension } = filled as unknown as Filled
    if (row) {
      const body = own ? { name: name ?? '' } : { name: name ?? '', role, enabled }
      await unwrap(client.PATCH('/api/v1/users/{user_id}', { params: { path: { user_id: row.id } }, body }))
      return saver(assign(row.id, present, extension))
    }
    const password = newPassword()
    const made = await unwrap(
      client.POST('/api/v1/users', { body: { name: name ?? '', login, role, password } }),
    )
    setTold({ login: made.login, password })
    await saver(assign(made.id, undefined, extension))
  }
  return (
    <>
      <Editor
        open={open}
        title={row ? row.name || row.login : t('people.add')}
        fields={fields}
        values={values}
        save={save}
        onClose={onClose}
      >
        {row && !own && <Reset user={row} onDone={(password) => setTold({ login: row.login, password })} />}
      </Editor>
      {told && <Told {...told} onClose={() => setTold(null)} />}
    </>
  )
}

/** The password, shown this once; the pane does not close before somebody says that it was noted. */
function Told({ login, password, onClose }: { login: string; password: string; onClose: () => void }) {
  const { t } = useTranslation()
  const [noted, setNoted] = useState(false)
  return (
    <Modal
      open
      title={t('people.told')}
      closable={false}
      onOk={onClose}
      okButtonProps={{ disabled: !noted }}
      cancelButtonProps={{ hidden: true }}
      okText={t('people.done')}
    >
      <p className="muted">{t('people.toldAbout')}</p>
      <dl className="facts">
        <dt>{t('login.login')}</dt>
        <dd>
          <Copy text={login} label={t('login.login')} />
        </dd>
        <dt>{t('login.password')}</dt>
        <dd>
          <Copy text={password} label={t('login.password')} />
        </dd>
      </dl>
      <Checkbox
        style={{ marginTop: 16 }}
        checked={noted}
        onChange={(event) => setNoted(event.target.checked)}
      >
        {t('people.noted')}
      </Checkbox>
    </Modal>
  )
}

function Reset({ user, onDone }: { user: User; onDone: (password: string) => void }) {
  const { t } = useTranslation()
  const { modal, message } = App.useApp()
  const run = async () => {
    const password = newPassword()
    const params = { path: { user_id: user.id } }
    try {
      await unwrap(client.POST('/api/v1/users/{user_id}/password', { params, body: { password } }))
      onDone(password)
    } catch (error) {
      message.error(problemText(error, t))
    }
  }
  const ask = () =>
    modal.confirm({
      title: t('people.resetAsk', { login: user.login }),
      content: t('people.resetEffect'),
      onOk: run,
    })
  return <Button onClick={ask}>{t('people.reset')}</Button>
}
