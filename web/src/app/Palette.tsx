import { keepPreviousData, useQueries, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Input, Modal, Spin } from 'antd'
import { type KeyboardEvent, useDeferredValue, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { askedOf, type Entry } from '~/lib/find/source'
import { may, useMe } from '~/lib/me'
import { SOURCES } from './finding'

const MOST_OF_A_KIND = 6
/** Nothing typed yet: where one can go and what one can do. */
const FIRST = ['screens', 'commands']
const MOST_AT_FIRST = 12
const PAUSE_MS = 180

interface Group {
  name: string
  entries: Entry[]
}

/** Ctrl-K: go anywhere, find any number, name or id, do anything, without the mouse. */
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

function useFound(text: string): { groups: Group[]; waiting: boolean } {
  const { t, i18n } = useTranslation()
  const me = useMe()
  const queries = useQueryClient()
  const asked = askedOf(text, { me, queries, t })
  const first = asked.text === ''
  const sources = SOURCES.filter(({ name, right }) => may(me, right) && (!first || FIRST.includes(name)))
  const answers = useQueries({
    queries: sources.map(({ name, find, remote }) => ({
      queryKey: ['find', name, asked.text, i18n.language],
      queryFn: async ({ signal }: { signal: AbortSignal }) => {
        if (remote) await pause(signal)
        return find(asked)
      },
      // What is at hand is there at once and may stand until then; Enter must never take an old answer of the server.
      ...(remote ? {} : { placeholderData: keepPreviousData<Entry[]> }),
      staleTime: 0,
      gcTime: 10_000,
      retry: false,
    })),
  })
  const most = first ? MOST_AT_FIRST : MOST_OF_A_KIND
  const groups = sources.map(({ name }, at) => ({ name, entries: (answers[at]?.data ?? []).slice(0, most) }))
  return {
    groups: groups.filter(({ entries }) => entries.length > 0),
    waiting: answers.some(({ isFetching }) => isFetching),
  }
}

/** Until the typing has paused; what is typed meanwhile ends the question. */
function pause(signal: AbortSignal): Promise<void> {
  return new Promise((go, stop) => {
    const timer = setTimeout(go, PAUSE_MS)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      stop(signal.reason)
    })
  })
}

function Finder({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const [text, setText] = useState('')
  const [place, setPlace] = useState(0)
  const looked = useDeferredValue(text)
  const { groups, waiting } = useFound(looked)
  const settled = looked === text && !waiting
  // Enter means what was typed, so it waits for the answer to it.
  const [entered, setEntered] = useState(false)
  const entries = groups.flatMap((group) => group.entries)
  const take = (index: number) => {
    const entry = entries[index]
    if (!entry) return
    onClose()
    entry.run?.()
    if (entry.go) void navigate(entry.go as { to: '/' })
  }
  const press = (event: KeyboardEvent) => {
    const next = { ArrowDown: place + 1, ArrowUp: place - 1 }[event.key]
    if (next !== undefined) {
      event.preventDefault()
      setPlace((entries.length + next) % Math.max(1, entries.length))
    } else if (event.key === 'Enter') setEntered(true)
  }
  useEffect(() => {
    if (!entered || !settled) return
    setEntered(false)
    take(place)
  })
  useEffect(() => {
    document.getElementById(`palette-${place}`)?.scrollIntoView({ block: 'nearest' })
  }, [place])
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
        suffix={waiting ? <Spin size="small" /> : <span />}
        onChange={(event) => {
          setText(event.target.value)
          setPlace(0)
          setEntered(false)
        }}
        onKeyDown={press}
      />
      {entries.length > 0 ? (
        <Groups groups={groups} place={place} onPoint={setPlace} onTake={take} />
      ) : (
        <p className="muted waiting" role="status">
          {waiting ? t('palette.waiting') : t('palette.nothing')}
        </p>
      )}
    </>
  )
}

interface GroupsProps {
  groups: Group[]
  place: number
  onPoint: (index: number) => void
  onTake: (index: number) => void
}

function Groups({ groups, place, onPoint, onTake }: GroupsProps) {
  const { t } = useTranslation()
  let before = 0
  return (
    <div className="palette-list" id="palette-list" role="listbox" aria-label={t('palette.open')}>
      {groups.map(({ name, entries }) => {
        const start = before
        before += entries.length
        return (
          // biome-ignore lint/a11y/useSemanticElements: a group of options, not of fields
          <div key={name} role="group" aria-label={t(`find.${name}`)}>
            <div className="palette-head" aria-hidden="true">
              {t(`find.${name}`)}
            </div>
            {entries.map((entry, at) => {
              const index = start + at
              return (
                // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the field's above
                <div
                  key={entry.key}
                  id={`palette-${index}`}
                  role="option"
                  tabIndex={-1}
                  aria-selected={index === place}
                  className="palette-item"
                  onMouseMove={() => onPoint(index)}
                  onClick={() => onTake(index)}
                >
                  <span aria-hidden="true">{entry.icon}</span>
                  <span className="palette-title">{entry.title}</span>
                  <span className="hint">{entry.hint}</span>
                </div>
              )
            })}
          </div>
        )
      })}
    </div>
  )
}
