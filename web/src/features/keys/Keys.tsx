import { KeyOutlined } from '@ant-design/icons'
import { App, Button, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client, type Schema, unwrap } from '~/api/client'
import { keysQuery } from '~/api/lists'
import { problemText } from '~/lib/problem'
import { day, serverNow, when } from '~/lib/time'
import { Copy } from '~/ui/Copy'
import type { Column } from '~/ui/DataTable'
import { Dot } from '~/ui/Dot'
import { ListScreen } from '~/ui/ListScreen'
import { useSaver } from '~/ui/useSaver'
import { NewKey } from './NewKey'

type Key = Schema['Key']

/** The keys by which programs use the API. */
export function Keys() {
  const { t } = useTranslation()
  const [secret, setSecret] = useState<string | null>(null)
  const columns: Column<Key>[] = [
    { key: 'name', title: t('keys.name'), cell: (row) => row.name, narrow: true },
    { key: 'hint', title: t('keys.hint'), cell: (row) => <code>{row.hint}…</code>, width: '130px' },
    { key: 'role', title: t('keys.scope'), cell: (row) => t(`role.${row.role}`), width: '150px' },
    {
      key: 'state',
      title: t('keys.state'),
      cell: (row) => <State row={row} />,
      width: '190px',
      narrow: true,
    },
    {
      key: 'used',
      title: t('keys.used'),
      cell: (row) =>
        row.last_used_at ? (
          <span className="num">{when(row.last_used_at)}</span>
        ) : (
          <span className="muted">{t('keys.never')}</span>
        ),
      width: '170px',
    },
    { key: 'revoke', title: '', cell: (row) => <Revoke row={row} />, width: '110px', narrow: true },
  ]
  return (
    <>
      <ListScreen<Key>
        name="keys"
        query={keysQuery as never}
        columns={columns}
        text={({ name, hint }) => `${name} ${hint}`}
        icon={<KeyOutlined />}
        right="manage_users"
        editor={(row, open, close) => (
          <NewKey open={open && row === null} onClose={close} onMade={setSecret} />
        )}
      />
      <Modal
        open={secret !== null}
        title={t('keys.made')}
        onOk={() => setSecret(null)}
        closable={false}
        cancelButtonProps={{ hidden: true }}
        okText={t('people.done')}
      >
        <p className="muted">{t('keys.madeAbout')}</p>
        <Copy text={secret ?? ''} label={t('keys.made')} />
      </Modal>
    </>
  )
}

function State({ row }: { row: Key }) {
  const { t } = useTranslation()
  if (row.revoked_at) return <Dot tone="quiet">{t('keys.revoked')}</Dot>
  if (!row.expires_at) return <Dot tone="good">{t('keys.works')}</Dot>
  if (row.expires_at <= serverNow()) return <Dot tone="quiet">{t('keys.expired')}</Dot>
  return <Dot tone="good">{t('keys.until', { day: day(row.expires_at) })}</Dot>
}

function Revoke({ row }: { row: Key }) {
  const { t } = useTranslation()
  const { modal, message } = App.useApp()
  const saver = useSaver('keys')
  if (row.revoked_at) return null
  const ask = () =>
    modal.confirm({
      title: t('keys.revokeAsk', { name: row.name }),
      content: t('keys.revokeEffect'),
      okText: t('keys.revoke'),
      okButtonProps: { danger: true },
      onOk: () =>
        saver(unwrap(client.DELETE('/api/v1/keys/{key_id}', { params: { path: { key_id: row.id } } }))).catch(
          (error) => void message.error(problemText(error, t)),
        ),
    })
  return (
    <Button size="small" danger type="text" onClick={ask}>
      {t('keys.revoke')}
    </Button>
  )
}
