import { KeyOutlined } from '@ant-design/icons'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Schema } from '~/api/client'
import { keysQuery } from '~/api/lists'
import { day, serverNow, when } from '~/lib/time'
import type { Column } from '~/ui/DataTable'
import { Dot } from '~/ui/Dot'
import { ListScreen } from '~/ui/ListScreen'
import { KeyEditor } from './KeyEditor'
import { NewKey } from './NewKey'
import { Secret } from './Secret'

type Key = Schema['Key']

/** The keys by which programs use the API. */
export function Keys() {
  const { t } = useTranslation()
  const [made, setMade] = useState<Schema['CreatedKey'] | null>(null)
  const columns: Column<Key>[] = [
    { key: 'name', title: t('keys.name'), cell: (row) => row.name, narrow: true },
    { key: 'hint', title: t('keys.hint'), cell: (row) => <code>{row.hint}…</code>, width: '130px' },
    {
      key: 'dialect',
      title: t('keys.dialect'),
      cell: (row) => t(`keys.dialect_${row.dialect}`),
      width: '120px',
    },
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
    { key: 'bounds', title: t('keys.bounds'), cell: (row) => <Bounds row={row} />, width: '190px' },
  ]
  return (
    <>
      <ListScreen<Key>
        name="keys"
        query={keysQuery}
        columns={columns}
        text={({ name, hint, public_id }) => `${name} ${hint} ${public_id ?? ''}`}
        icon={<KeyOutlined />}
        right="manage_users"
        editor={(row, open, close) => (
          <>
            <NewKey open={open && row === null} onClose={close} onMade={setMade} />
            <KeyEditor row={row} open={open && row !== null} onClose={close} onRotated={setMade} />
          </>
        )}
      />
      {made && <Secret made={made} onClose={() => setMade(null)} />}
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

/** From where and how often it may be used. */
function Bounds({ row }: { row: Key }) {
  const { t } = useTranslation()
  const told = [
    row.allowed_addresses.length > 0 && t('keys.addressCount', { count: row.allowed_addresses.length }),
    row.requests_per_minute && t('keys.rate', { count: row.requests_per_minute }),
  ].filter(Boolean)
  if (told.length === 0) return <span className="muted">{t('keys.unbounded')}</span>
  return <span title={row.allowed_addresses.join(', ')}>{told.join(', ')}</span>
}
