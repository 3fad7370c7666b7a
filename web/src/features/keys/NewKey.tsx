import { useTranslation } from 'react-i18next'
import { client, unwrap } from '~/api/client'
import { grantable, useMe } from '~/lib/me'
import { serverNow } from '~/lib/time'
import { Editor } from '~/ui/Editor'
import type { Field } from '~/ui/Fields'
import { useSaver } from '~/ui/useSaver'

const DAY_MS = 86_400_000
const LIVES = ['30', '90', '365', 'never']
const VALUES = { role: 'manager', life: 'never' }

export function NewKey({
  open,
  onClose,
  onMade,
}: {
  open: boolean
  onClose: () => void
  onMade: (secret: string) => void
}) {
  const { t } = useTranslation()
  const me = useMe()
  const saver = useSaver('keys')
  const fields: Field[] = [
    { name: 'name', label: 'keys.name', kind: 'text', required: true, placeholder: 'CRM' },
    {
      name: 'role',
      label: 'keys.scope',
      kind: 'select',
      required: true,
      help: 'keys.scopeHelp',
      options: grantable(me.role).map((value) => ({ value, label: t(`role.${value}`) })),
    },
    {
      name: 'life',
      label: 'keys.life',
      kind: 'select',
      required: true,
      options: LIVES.map((value) => ({ value, label: t(`keys.life_${value}`) })),
    },
  ]
  const save = async (filled: Record<string, unknown>) => {
    const { name, role, life } = filled as { name: string; role: string; life: string }
    const expires_at = life === 'never' ? null : Math.round(serverNow()) + Number(life) * DAY_MS
    const made = await unwrap(client.POST('/api/v1/keys', { body: { name, role, expires_at } }))
    onMade(made.secret)
    await saver(Promise.resolve())
  }
  return (
    <Editor open={open} title={t('keys.add')} fields={fields} values={VALUES} save={save} onClose={onClose} />
  )
}
