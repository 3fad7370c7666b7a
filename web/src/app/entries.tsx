import {
  ContactsOutlined,
  FieldNumberOutlined,
  PhoneOutlined,
  SwapOutlined,
  UnorderedListOutlined,
} from '@ant-design/icons'
import type { TFunction } from 'i18next'
import type { ReactNode } from 'react'
import type { Schema } from '~/api/client'
import { type Me, may } from '~/lib/me'
import type { Names } from '~/lib/names'
import { dialable, fold, formatPhone } from '~/lib/phone'
import { sectionsFor } from './menu'

export interface Entry {
  key: string
  icon: ReactNode
  title: string
  hint: string
  go: { to: string; params?: Record<string, string>; search?: Record<string, unknown> }
}

const MOST = 12

interface Known {
  me: Me
  names: Names
  /** Contacts the server found for the text. */
  contacts: Schema['Contact'][]
  t: TFunction
}

/** What the palette offers for a text: screens, things by name or number, and calls of a number. */
export function findEntries(text: string, { me, names, contacts, t }: Known): Entry[] {
  const wanted = fold(text.trim())
  const screens = sectionsFor(me)
    .flatMap((section) => section.places)
    .map(({ to, name, icon, key }) => ({
      key: to,
      icon,
      title: t(`menu.${name}`),
      hint: `g ${key}`,
      go: { to },
    }))
  const things = wanted === '' ? [] : named(names, t)
  const fitting = [...screens, ...things].filter(({ title, hint }) =>
    fold(`${title} ${hint}`).includes(wanted),
  )
  const people = contacts.map(({ id, name, phones }) => ({
    key: id,
    icon: <ContactsOutlined />,
    title: [name, phones?.[0] && formatPhone(phones[0].number, me.country)].filter(Boolean).join(' · '),
    hint: t('menu.contacts'),
    go: { to: '/contacts/$id', params: { id } },
  }))
  return [...direct(text.trim(), me, t), ...people, ...fitting].slice(0, MOST)
}

function direct(text: string, me: Me, t: TFunction): Entry[] {
  if (!may(me, 'view_calls')) return []
  if (text.startsWith('call_')) {
    const go = { to: '/calls/$id', params: { id: text } }
    return [{ key: text, icon: <FieldNumberOutlined />, title: text, hint: t('palette.call'), go }]
  }
  const number = dialable(text)
  if (number.length < 3) return []
  const title = t('palette.callsOf', { number: formatPhone(number, me.country) })
  return [
    {
      key: 'number',
      icon: <UnorderedListOutlined />,
      title,
      hint: '',
      go: { to: '/calls', search: { number } },
    },
  ]
}

function named(names: Names, t: TFunction): Entry[] {
  const extensions = names.extensions.map(({ id, number, name }) => ({
    key: id,
    icon: <PhoneOutlined />,
    title: `${number} ${name === number ? '' : name}`.trim(),
    hint: t('menu.extensions'),
    go: { to: '/extensions', search: { open: id } },
  }))
  const hotlines = names.hotlines.map(({ id, number, name }) => ({
    key: id,
    icon: <SwapOutlined />,
    title: `${formatPhone(number)} ${name === number ? '' : name}`.trim(),
    hint: t('menu.hotlines'),
    go: { to: '/hotlines', search: { open: id } },
  }))
  return [...extensions, ...hotlines]
}
