import { StarOutlined, TeamOutlined } from '@ant-design/icons'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { App, Button, Checkbox, Dropdown, Input, type MenuProps, Modal } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client, type Schema, unwrap } from '~/api/client'
import { useMay, useMe } from '~/lib/me'
import { problemText } from '~/lib/problem'
import { read, write } from '~/lib/stored'
import { useSaver } from './useSaver'

type View = Schema['SavedView']

interface Props {
  /** Of which list. */
  list: string
  /** What the list shows now, as text. */
  present: string
  /** What anybody may choose without keeping it. */
  presets?: { key: string; label: string; query: string }[]
  onChoose: (query: Record<string, string>) => void
}

const viewsQuery = (list: string) =>
  queryOptions({
    queryKey: ['views', list],
    queryFn: async () => (await unwrap(client.GET('/api/v1/views', { params: { query: { list } } }))).items,
    staleTime: 5 * 60_000,
  })

/** Filters under a name: one's own, and those that are shared with the company. */
export function SavedViews({ list, present, presets = [], onChoose }: Props) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const me = useMe()
  const mayShare = useMay('edit_config')
  const saver = useSaver('views')
  const [naming, setNaming] = useState(false)
  const views = useQuery({ ...viewsQuery(list), enabled: Boolean(me.user_id) }).data ?? []
  useOlder(list, me.company_id)
  const shown = views.find((view) => view.query === present)
  const mine = (view: View) => view.user === me.user_id
  const choose = (query: string) => onChoose(Object.fromEntries(new URLSearchParams(query)))
  const run = (work: Promise<unknown>) =>
    saver(work).catch((error) => void message.error(problemText(error, t)))
  const path = (view: View) => ({ path: { view_id: view.id } })
  const drop = (view: View) => run(unwrap(client.DELETE('/api/v1/views/{view_id}', { params: path(view) })))
  const share = (view: View) =>
    run(
      unwrap(client.PATCH('/api/v1/views/{view_id}', { params: path(view), body: { shared: !view.shared } })),
    )
  const mayChange = shown !== undefined && (mine(shown) || mayShare)
  const items: MenuProps['items'] = [
    ...presets.map(({ key, label, query }) => ({ key, label, onClick: () => choose(query) })),
    ...views.map((view) => ({
      key: view.id,
      label: view.name,
      ...(view.shared ? { icon: <TeamOutlined title={t('views.shared')} /> } : {}),
      onClick: () => choose(view.query),
    })),
    { type: 'divider' },
    { key: 'keep', label: t('views.keep'), disabled: present === '', onClick: () => setNaming(true) },
    ...(mayShare && shown
      ? [
          {
            key: 'share',
            label: t(shown.shared ? 'views.unshare' : 'views.share'),
            onClick: () => void share(shown),
          },
        ]
      : []),
    {
      key: 'drop',
      label: t('views.drop'),
      disabled: !mayChange,
      onClick: () => shown && void drop(shown),
    },
  ]
  return (
    <>
      <Dropdown menu={{ items, selectedKeys: shown ? [shown.id] : [] }} trigger={['click']}>
        <Button icon={<StarOutlined />}>{shown?.name ?? t('views.title')}</Button>
      </Dropdown>
      <Keep
        open={naming}
        list={list}
        query={present}
        views={views.filter(mine)}
        onClose={() => setNaming(false)}
      />
    </>
  )
}

interface KeepProps {
  open: boolean
  list: string
  query: string
  views: View[]
  onClose: () => void
}

/** Names what the list shows now; a name that one has already takes the new filters. */
function Keep({ open, list, query, views, onClose }: KeepProps) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const mayShare = useMay('edit_config')
  const saver = useSaver('views')
  const [name, setName] = useState('')
  const [shared, setShared] = useState(false)
  const [busy, setBusy] = useState(false)
  const keep = async () => {
    const chosen = name.trim()
    if (chosen === '') return
    const before = views.find((view) => view.name === chosen)
    setBusy(true)
    try {
      await saver(
        before
          ? unwrap(
              client.PATCH('/api/v1/views/{view_id}', {
                params: { path: { view_id: before.id } },
                body: { query, ...(mayShare ? { shared } : {}) },
              }),
            )
          : unwrap(client.POST('/api/v1/views', { body: { list, name: chosen, query, shared } })),
      )
      setName('')
      onClose()
    } catch (error) {
      void message.error(problemText(error, t))
    } finally {
      setBusy(false)
    }
  }
  return (
    <Modal
      open={open}
      title={t('views.keep')}
      okText={t('form.save')}
      confirmLoading={busy}
      onOk={() => void keep()}
      onCancel={onClose}
    >
      <Input
        value={name}
        maxLength={60}
        aria-label={t('views.name')}
        placeholder={t('views.name')}
        onChange={(event) => setName(event.target.value)}
        onPressEnter={() => void keep()}
      />
      {mayShare && (
        <Checkbox
          checked={shared}
          style={{ marginTop: 12 }}
          onChange={(event) => setShared(event.target.checked)}
        >
          {t('views.share')}
        </Checkbox>
      )}
    </Modal>
  )
}

/** Takes the views along that an earlier version kept in this browser. */
function useOlder(list: string, company: string): void {
  const saver = useSaver('views')
  // biome-ignore lint/correctness/useExhaustiveDependencies: once a visit is enough
  useEffect(() => {
    const key = `${list}.views.${company}`
    const older = olderOf(read<string>(key, '[]'))
    if (older.length === 0) return
    write(key, '[]')
    for (const { name, search } of older) {
      const body = { list, name: name.slice(0, 60), query: search, shared: false }
      // One of this name may be there already; it is newer.
      void saver(unwrap(client.POST('/api/v1/views', { body }))).catch(() => undefined)
    }
  }, [list, company])
}

function olderOf(text: string): { name: string; search: string }[] {
  try {
    const kept: unknown = JSON.parse(text)
    return Array.isArray(kept)
      ? kept.filter((one) => typeof one?.name === 'string' && typeof one?.search === 'string')
      : []
  } catch {
    return []
  }
}
