import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client, type Schema, unwrap } from '~/api/client'
import { departmentsQuery, extensionsQuery } from '~/api/lists'
import { makeable, useMe } from '~/lib/me'
import { extensionName } from '~/lib/names'
import { newPassword } from '~/lib/password'
import { Editor } from '~/ui/Editor'
import type { Field } from '~/ui/Fields'
import { Told } from '~/ui/Told'
import { useSaver } from '~/ui/useSaver'
import { Actions } from './Actions'
import { invite } from './access'
import { assign } from './assign'
import { Invited } from './Invited'
import { Removal } from './Removal'

type User = Schema['User']
interface Filled extends User {
  entry?: 'invite' | 'password'
  extension?: string
}

interface Props {
  row: User | null
  open: boolean
  onClose: () => void
}

export function PersonEditor({ row, open, onClose }: Props) {
  const { t } = useTranslation()
  const me = useMe()
  const saver = useSaver('users', 'extensions', 'departments')
  const extensions = useQuery(extensionsQuery).data ?? []
  const present = extensions.find((one) => one.user !== null && one.user === row?.id)?.id
  const [told, setTold] = useState<{ login: string; password: string } | null>(null)
  const [invited, setInvited] = useState<Schema['Invitation'] | null>(null)
  const own = row?.id === me.user_id
  const free = extensions.filter((one) => !one.user || one.user === row?.id)
  const fields = usePersonFields(row, own, free)
  const values = useMemo(
    () => ({ role: 'agent', entry: 'invite', ...row, extension: present }),
    [row, present],
  )
  const save = async (filled: Record<string, unknown>) => {
    const { name = '', login, role, enabled, extension, entry, ...rest } = filled as unknown as Filled
    const department = rest.department ?? null
    const email = rest.email?.trim() || null
    const phone = rest.phone?.trim() || null
    if (row) {
      const mine = { name, email, phone, department }
      const body = own ? mine : { ...mine, role, enabled }
      await unwrap(client.PATCH('/api/v1/users/{user_id}', { params: { path: { user_id: row.id } }, body }))
      return saver(assign(row.id, present, extension))
    }
    const password = entry === 'password' ? newPassword() : null
    const made = await unwrap(
      client.POST('/api/v1/users', { body: { name, login, email, phone, department, role, password } }),
    )
    if (password) setTold({ login: made.login, password })
    else setInvited(await invite(made.id))
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
        {row && !own && (
          <Actions
            user={row}
            onPassword={(password) => setTold({ login: row.login, password })}
            onInvited={setInvited}
          />
        )}
        {row && !own && <Removal user={row} extension={present} onDone={onClose} />}
      </Editor>
      {told && <Told {...told} onClose={() => setTold(null)} />}
      {invited && <Invited invitation={invited} onClose={() => setInvited(null)} />}
    </>
  )
}

function usePersonFields(row: User | null, own: boolean, free: Schema['Extension'][]): Field[] {
  const { t } = useTranslation()
  const me = useMe()
  const departments = useQuery(departmentsQuery).data ?? []
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
      name: 'email',
      label: 'access.email',
      kind: 'text',
      placeholder: 'lan@congty.vn',
      help: 'access.emailHelp',
    },
    {
      name: 'phone',
      label: 'people.number',
      kind: 'text',
      placeholder: '0901 234 567',
    },
    {
      name: 'role',
      label: 'people.role',
      kind: 'select',
      required: true,
      disabled: own,
      options: makeable(me.role).map((value) => ({ value, label: t(`role.${value}`) })),
      help: 'people.roleHelp',
    },
    {
      name: 'department',
      label: 'people.department',
      kind: 'select',
      options: departments.map(({ id, name }) => ({ value: id, label: name })),
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
  if (!row) {
    fields.push({
      name: 'entry',
      label: 'access.entry',
      kind: 'select',
      required: true,
      options: ['invite', 'password'].map((value) => ({ value, label: t(`access.entry_${value}`) })),
    })
  }
  return fields
}
