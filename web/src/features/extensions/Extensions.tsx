import { PhoneOutlined, UsergroupAddOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Schema } from '~/api/client'
import { extensionsQuery, presenceQuery, usersQuery } from '~/api/lists'
import { useBoard } from '~/lib/live/store'
import { useMay } from '~/lib/me'
import { useNames } from '~/lib/names'
import type { Column } from '~/ui/DataTable'
import { Dot } from '~/ui/Dot'
import { ListScreen } from '~/ui/ListScreen'
import { Bulk } from './Bulk'
import { ExtensionEditor } from './ExtensionEditor'

type Extension = Schema['Extension']

/** The company's numbers inside, and which of them a phone has registered as. */
export function Extensions() {
  const { t } = useTranslation()
  const columns = useColumns()
  const [bulk, setBulk] = useState(false)
  const mayEdit = useMay('edit_config')
  return (
    <>
      <ListScreen<Extension>
        name="extensions"
        query={extensionsQuery}
        columns={columns}
        text={({ number, name }) => `${number} ${name}`}
        icon={<PhoneOutlined />}
        editor={(row, open, close) => <ExtensionEditor row={row} open={open} onClose={close} />}
        actions={
          mayEdit && (
            <Button icon={<UsergroupAddOutlined />} onClick={() => setBulk(true)}>
              {t('extensions.bulk')}
            </Button>
          )
        }
      />
      <Bulk open={bulk} onClose={() => setBulk(false)} />
    </>
  )
}

function useColumns(): Column<Extension>[] {
  const { t } = useTranslation()
  const names = useNames()
  const seesPeople = useMay('manage_users')
  const people = useQuery({ ...usersQuery, enabled: seesPeople }).data
  const columns: Column<Extension>[] = [
    {
      key: 'number',
      title: t('extensions.number'),
      cell: (row) => <span className="num">{row.number}</span>,
      width: '110px',
      narrow: true,
    },
    { key: 'name', title: t('extensions.name'), cell: (row) => row.name, narrow: true },
    {
      key: 'state',
      title: t('extensions.state'),
      cell: (row) => <State row={row} />,
      width: '190px',
      narrow: true,
    },
    {
      key: 'hotline',
      title: t('extensions.shows'),
      cell: (row) =>
        row.hotline ? names.of(row.hotline) : <span className="muted">{t('extensions.firstHotline')}</span>,
    },
  ]
  if (seesPeople) {
    const person = (id?: string | null) => people?.find((one) => one.id === id)
    columns.splice(3, 0, {
      key: 'user',
      title: t('extensions.user'),
      cell: (row) => person(row.user)?.name || person(row.user)?.login || <span className="muted">–</span>,
    })
  }
  return columns
}

/** Off, free, or on the phone. */
function State({ row }: { row: Extension }) {
  const { t } = useTranslation()
  const phones = useQuery(presenceQuery).data?.phones.filter((phone) => phone.extension === row.id)
  const busy = Object.values(useBoard()).some(
    (call) => call.answeredAt !== null && call.extensions.includes(row.number),
  )
  if (!row.enabled) return <Dot tone="quiet">{t('extensions.disabled')}</Dot>
  if (!phones) return <span className="muted">…</span>
  if (busy) return <Dot tone="busy">{t('extensions.talking')}</Dot>
  if (phones.length === 0) return <Dot tone="quiet">{t('extensions.offline')}</Dot>
  return (
    <Dot tone="good">
      {t('extensions.online')}
      {phones.length > 1 && ` (${phones.length})`}
    </Dot>
  )
}
