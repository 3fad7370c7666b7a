import { useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Modal, Select } from 'antd'
import { useDeferredValue, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client, unwrap } from '~/api/client'
import { contactsChanged } from '~/lib/contacts'
import { formatPhone } from '~/lib/phone'
import { problemText } from '~/lib/problem'
import type { Contact } from './queries'

/** Takes another contact into this one. */
export function Merge({ keep, open, onClose }: { keep: Contact; open: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const queries = useQueryClient()
  const [typed, setTyped] = useState('')
  const [gone, setGone] = useState<string | undefined>()
  const q = useDeferredValue(typed.trim())
  const found = useQuery({
    queryKey: ['contacts', 'find', q],
    enabled: open,
    queryFn: async () =>
      (await unwrap(client.GET('/api/v1/contacts', { params: { query: { q, limit: 20 } } }))).items,
  }).data
  const options = (found ?? [])
    .filter(({ id }) => id !== keep.id)
    .map(({ id, name, phones }) => ({
      value: id,
      label: [name, phones?.[0] && formatPhone(phones[0].number)].filter(Boolean).join(' · '),
    }))
  const run = async () => {
    if (!gone) return
    try {
      const params = { path: { contact_id: keep.id } }
      await unwrap(client.POST('/api/v1/contacts/{contact_id}/merge', { params, body: { gone } }))
      message.success(t('contacts.merged'))
      setGone(undefined)
      onClose()
      await contactsChanged(queries)
    } catch (error) {
      message.error(problemText(error, t))
    }
  }
  return (
    <Modal
      open={open}
      title={t('contacts.mergeInto', { name: keep.name })}
      okText={t('contacts.merge')}
      okButtonProps={{ disabled: !gone }}
      onOk={() => void run()}
      onCancel={onClose}
    >
      <p className="muted">{t('contacts.mergeAbout')}</p>
      <Select
        showSearch={{ filterOption: false, onSearch: setTyped }}
        style={{ width: '100%' }}
        placeholder={t('contacts.search')}
        aria-label={t('contacts.search')}
        value={gone}
        options={options}
        onChange={setGone}
      />
    </Modal>
  )
}
