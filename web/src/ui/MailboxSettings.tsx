import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Skeleton } from 'antd'
import type { Schema } from '~/api/client'
import { greetingsQuery } from '~/api/lists'
import { type MailboxForm, mailboxBody, mailboxFields, mailboxForm } from '~/lib/mailbox'
import { Failed } from './Failed'
import { SettingsForm } from './SettingsForm'

interface Props {
  /** Under which key it is kept. */
  name: string
  get: () => Promise<Schema['Mailbox'] | null>
  patch: (body: Schema['MailboxPatch']) => Promise<Schema['Mailbox']>
  disabled?: boolean
  onSaved?: () => void
}

/** The settings of a mailbox: one's own, or that of an extension. */
export function MailboxSettings({ name, get, patch, disabled = false, onSaved }: Props) {
  const queries = useQueryClient()
  const queryKey = ['mailbox', name]
  const greetings = useQuery(greetingsQuery).data ?? []
  const { data, error, refetch } = useQuery({ queryKey, queryFn: get })
  if (error && !data) return <Failed error={error} retry={refetch} />
  if (!data) return <Skeleton active title={false} />
  const save = async (filled: MailboxForm) => {
    queries.setQueryData(queryKey, await patch(mailboxBody(filled)))
    onSaved?.()
  }
  return (
    <SettingsForm
      key={String(data.has_pin)}
      fields={mailboxFields(greetings, data.has_pin)}
      values={mailboxForm(data)}
      save={save}
      disabled={disabled}
    />
  )
}
