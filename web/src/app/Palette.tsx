import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Input, Modal } from 'antd'
import { type KeyboardEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client, unwrap } from '~/api/client'
import { useMay, useMe } from '~/lib/me'
import { useNames } from '~/lib/names'
import { findEntries } from './entries'

/** Ctrl-K: go anywhere, find any number, name or id, without the mouse. */
export function Palette({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Modal
      open={open}
      onCancel={onClose}
      footer={null}
      closable={false}
      destroyOnHidden
      title={<span className="sr">{t('palette.open')}</span>}
      styles={{ header: { margin: 0 } }}
    >
      <Finder onClose={onClose} />
    </Modal>
  )
}

/** Contacts that fit what was typed so far. */
function useContacts(q: string) {
  const may = useMay('view_contacts')
  const query = useQuery({
    queryKey: ['contacts', 'find', q],
    enabled: may && q.length >= 2,
    queryFn: async () =>
      (await unwrap(client.GET('/api/v1/contacts', { params: { query: { q, limit: 6 } } }))).items,
    placeholderData: keepPreviousData,
  })
  return q.length >= 2 ? (query.data ?? []) : []
}

function Finder({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const me = useMe()
  const names = useNames()
  const [text, setText] = useState('')
  const [place, setPlace] = useState(0)
  const contacts = useContacts(text.trim())
  const entries = findEntries(text, { me, names, contacts, t })
  const go = (index: number) => {
    const entry = entries[index]
    if (!entry) return
    onClose()
    void navigate(entry.go as { to: '/' })
  }
  const press = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined) {
      event.preventDefault()
      setPlace((entries.length + place + step) % Math.max(1, entries.length))
    } else if (event.key === 'Enter') go(place)
  }
  return (
    <>
      <Input
        autoFocus
        size="large"
        variant="borderless"
        value={text}
        placeholder={t('palette.placeholder')}
        aria-label={t('palette.placeholder')}
        role="combobox"
        aria-expanded
        aria-controls="palette-list"
        aria-activedescendant={entries[place] ? `palette-${place}` : undefined}
        onChange={(event) => {
          setText(event.target.value)
          setPlace(0)
        }}
        onKeyDown={press}
      />
      {entries.length > 0 ? (
        <div className="palette-list" id="palette-list" role="listbox" aria-label={t('palette.open')}>
          {entries.map((entry, index) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the field's above
            <div
              key={entry.key}
              id={`palette-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === place}
              className="palette-item"
              onMouseMove={() => setPlace(index)}
              onClick={() => go(index)}
            >
              <span aria-hidden="true">{entry.icon}</span>
              {entry.title}
              <span className="hint">{entry.hint}</span>
            </div>
          ))}
        </div>
      ) : (
        <p className="muted waiting">{t('palette.nothing')}</p>
      )}
    </>
  )
}
