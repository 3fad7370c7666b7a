import { useTranslation } from 'react-i18next'
import { client, type Schema, unwrap } from '~/api/client'
import { grantable, useMe } from '~/lib/me'
import { serverNow } from '~/lib/time'
import { Editor } from '~/ui/Editor'
import type { Field } from '~/ui/Fields'
import { useSaver } from '~/ui/useSaver'
import { BOUNDS } from './bounds'

const DAY_MS = 86_400_000
const LIVES = ['30', '90', '365', 'never']
const DIALECTS = ['alo', 'omicall', 'antring', 'etelecom', 'voicecloud']
const VALUES = { role: 'manager', life: 'never', dialect: 'alo', allowed_addresses: [] }

interface Filled {
  name: string
  role: string
  dialect: string
  life: string
  allowed_addresses: string[]
  requests_per_minute?: number
}

export function NewKey({
  open,
  onClose,
  onMade,
}: {
  open: boolean
  onClose: () => void
  onMade: (made: Schema['CreatedKey']) => void
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
      name: 'dialect',
      label: 'keys.dialect',
      kind: 'select',
      required: true,
      help: 'keys.dialectHelp',
      options: DIALECTS.map((value) => ({ value, label: t(`keys.dialect_${value}`) })),
    },
    {
      name: 'life',
      label: 'keys.life',
      kind: 'select',
      required: true,
      options: LIVES.map((value) => ({ value, label: t(`keys.life_${value}`) })),
    },
    ...BOUNDS,
  ]
  const save = async (filled: Record<string, unknown>) => {
    const { life, requests_per_minute, ...rest } = filled as unknown as Filled
    const expires_at = life === 'never' ? null : Math.round(serverNow()) + Number(life) * DAY_MS
    const body = { ...rest, expires_at, requests_per_minute: requests_per_minute ?? null }
    onMade(await unwrap(client.POST('/api/v1/keys', { body })))
    await saver(Promise.resolve())
  }
  return (
    <Editor open={open} title={t('keys.add')} fields={fields} values={VALUES} save={save} onClose={onClose} />
  )
}
