import { MailOutlined, SettingOutlined } from '@ant-design/icons'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Button, Modal, Segmented, Skeleton } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client, unwrap } from '~/api/client'
import { useMay } from '~/lib/me'
import { Failed } from '~/ui/Failed'
import { MailboxSettings } from '~/ui/MailboxSettings'
import { Page } from '~/ui/Page'
import { Teach } from '~/ui/Teach'
import { Line } from './Line'
import { type MailSearch, messagesQuery } from './queries'
import { useOwnExtension } from './useOwnExtension'
import './voicemail.css'

/** The messages that callers left: one's own, or, for who may see all calls, those of everybody. */
export function Voicemail() {
  const { t } = useTranslation()
  const search = useSearch({ from: '/inside/voicemail' })
  const navigate = useNavigate()
  const own = useOwnExtension()
  const seesAll = useMay('view_calls')
  const [settings, setSettings] = useState(false)
  const all = seesAll && (search.of === 'all' || !own)
  const put = (part: MailSearch) => void navigate({ to: '/voicemail', search: { ...search, ...part } })
  const states = ['all', 'new', 'heard'].map((value) => ({ value, label: t(`voicemail.state_${value}`) }))
  return (
    <Page
      title={t('menu.voicemail')}
      about={t('voicemail.about')}
      actions={
        own && (
          <Button icon={<SettingOutlined />} onClick={() => setSettings(true)}>
            {t('mailbox.mine')}
          </Button>
        )
      }
    >
      <div className="filters">
        {seesAll && own && (
          <Segmented
            value={all ? 'all' : 'mine'}
            aria-label={t('voicemail.whose')}
            options={['mine', 'all'].map((value) => ({ value, label: t(`voicemail.of_${value}`) }))}
            onChange={(of) => put({ of: of === 'all' ? 'all' : undefined })}
          />
        )}
        <Segmented
          value={search.state ?? 'all'}
          aria-label={t('voicemail.state')}
          options={states}
          onChange={(state) => put({ state: state === 'all' ? undefined : state })}
        />
      </div>
      {own || seesAll ? (
        <List search={search} extension={all ? undefined : own?.id} />
      ) : (
        <Teach icon={<MailOutlined />} title={t('voicemail.noPhone')} why={t('voicemail.noPhoneWhy')} />
      )}
      <Modal
        open={settings}
        onCancel={() => setSettings(false)}
        title={t('mailbox.mine')}
        footer={null}
        destroyOnHidden
      >
        <p className="muted" style={{ marginBottom: 16 }}>
          {t('mailbox.about')}
        </p>
        <MailboxSettings
          name="own"
          get={() => unwrap(client.GET('/api/v1/phone/voicemail'))}
          patch={(body) => unwrap(client.PATCH('/api/v1/phone/voicemail', { body }))}
          onSaved={() => setSettings(false)}
        />
      </Modal>
    </Page>
  )
}

function List({ search, extension }: { search: MailSearch; extension: string | undefined }) {
  const { t } = useTranslation()
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = useInfiniteQuery(
    messagesQuery(search, extension),
  )
  const [playing, setPlaying] = useState<string | null>(null)
  if (error && !data) return <Failed error={error} retry={refetch} />
  if (!data) return <Skeleton active className="waiting" title={false} paragraph={{ rows: 6 }} />
  const messages = data.pages.flatMap((page) => page.items)
  if (messages.length === 0)
    return <Teach icon={<MailOutlined />} title={t('voicemail.none')} why={t('voicemail.why')} />
  return (
    <>
      <ul className="mails card" aria-label={t('menu.voicemail')}>
        {messages.map((message) => (
          <Line
            key={message.id}
            message={message}
            whose={extension === undefined}
            playing={playing === message.id}
            onPlay={(on) => setPlaying(on ? message.id : null)}
          />
        ))}
      </ul>
      {hasNextPage && (
        <Button loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t('voicemail.more')}
        </Button>
      )}
    </>
  )
}
