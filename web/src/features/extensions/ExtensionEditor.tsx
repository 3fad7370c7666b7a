import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { TFunction } from 'i18next'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { client, type Schema, unwrap } from '~/api/client'
import { hotlinesQuery, usersQuery } from '~/api/lists'
import { useMay } from '~/lib/me'
import { hotlineName } from '~/lib/names'
import { Editor } from '~/ui/Editor'
import type { Field } from '~/ui/Fields'
import { DeskPhones } from './DeskPhones'
import { ExtensionHandling } from './ExtensionHandling'
import { ExtensionLimits } from './ExtensionLimits'
import { ExtensionMailbox } from './ExtensionMailbox'
import { SipSettings } from './SipSettings'

type Extension = Schema['Extension']

export function ExtensionEditor({
  row,
  open,
  onClose,
}: {
  row: Extension | null
  open: boolean
  onClose: () => void
}) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const mayEdit = useMay('edit_config')
  const fields = useFields(row)
  const values = useMemo(() => ({ enabled: true, ...row }), [row])
  const done = () => queries.invalidateQueries({ queryKey: ['extensions'] })
  const save = async (filled: Record<string, unknown>) => {
    const { number, name, password, hotline, user, enabled, allowed_networks, call_from, srtp } =
      filled as unknown as Extension & { password?: string }
    const settings = { name: name || undefined, password: password || undefined, hotline: hotline ?? null }
    if (row) {
      const params = { path: { extension_id: row.id } }
      await unwrap(
        client.PATCH('/api/v1/extensions/{extension_id}', {
          params,
          body: { ...settings, enabled, user: user ?? null, allowed_networks, call_from, srtp },
        }),
      )
    } else {
      const made = await unwrap(client.POST('/api/v1/extensions', { body: { number, ...settings } }))
      const params = { path: { extension_id: made.id } }
      if (user) await unwrap(client.PATCH('/api/v1/extensions/{extension_id}', { params, body: { user } }))
    }
    await done()
  }
  const remove = row && {
    question: t('extensions.removeAsk', { number: row.number }),
    effect: t('extensions.removeEffect'),
    run: async () => {
      await unwrap(
        client.DELETE('/api/v1/extensions/{extension_id}', { params: { path: { extension_id: row.id } } }),
      )
      await done()
    },
  }
  return (
    <Editor
      open={open}
      title={row ? t('extensions.one', { number: row.number }) : t('extensions.add')}
      fields={fields}
      values={values}
      save={mayEdit ? save : undefined}
      remove={remove ?? undefined}
      onClose={onClose}
    >
      {row && <ExtensionHandling id={row.id} />}
      {row && <ExtensionMailbox id={row.id} />}
      {row && <ExtensionLimits id={row.id} />}
      {row && <SipSettings extension={row} />}
      {row && <DeskPhones id={row.id} />}
    </Editor>
  )
}

/** From where its phones may come. */
const placeFields = (t: TFunction): Field[] => [
  {
    name: 'allowed_networks',
    label: 'limits.networks',
    kind: 'words',
    placeholder: '10.1.0.0/16',
    help: 'limits.networksHelp',
  },
  {
    name: 'call_from',
    label: 'limits.from',
    kind: 'select',
    required: true,
    options: ['registered', 'anywhere'].map((value) => ({ value, label: t(`limits.from_${value}`) })),
  },
  {
    name: 'srtp',
    label: 'srtp.label',
    kind: 'select',
    options: ['off', 'optional', 'required'].map((value) => ({ value, label: t(`srtp.${value}`) })),
    help: 'srtp.help',
  },
]

function useFields(row: Extension | null): Field[] {
  const { t } = useTranslation()
  const hotlines = useQuery(hotlinesQuery).data ?? []
  const seesPeople = useMay('manage_users')
  const people = useQuery({ ...usersQuery, enabled: seesPeople }).data ?? []
  const fields: Field[] = [
    {
      name: 'number',
      label: 'extensions.number',
      kind: 'text',
      required: true,
      disabled: row !== null,
      placeholder: '101',
    },
    {
      name: 'name',
      label: 'extensions.name',
      kind: 'text',
      help: 'extensions.nameHelp',
      placeholder: 'Nguyễn Thị Lan',
    },
    {
      name: 'hotline',
      label: 'extensions.shows',
      kind: 'select',
      help: 'extensions.showsHelp',
      options: hotlines.map((one) => ({ value: one.id, label: hotlineName(one) })),
    },
    {
      name: 'password',
      label: row ? 'extensions.newPassword' : 'extensions.password',
      kind: 'password',
      help: row ? 'extensions.newPasswordHelp' : 'extensions.passwordHelp',
    },
  ]
  if (seesPeople) {
    const options = people.map(({ id, name, login }) => ({
      value: id,
      label: name ? `${name} (${login})` : login,
    }))
    fields.push({
      name: 'user',
      label: 'extensions.user',
      kind: 'select',
      help: 'extensions.userHelp',
      options,
    })
  }
  if (row) fields.push(...placeFields(t))
  if (row) fields.push({ name: 'enabled', label: 'extensions.enabled', kind: 'switch' })
  return fields
}
