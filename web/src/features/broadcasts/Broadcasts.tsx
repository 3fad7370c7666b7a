import { NotificationOutlined } from '@ant-design/icons'
import { useTranslation } from 'react-i18next'
import type { Schema } from '~/api/client'
import { broadcastsQuery } from '~/api/lists'
import { when } from '~/lib/time'
import type { Column } from '~/ui/DataTable'
import { ListScreen } from '~/ui/ListScreen'
import { BroadcastEditor } from './BroadcastEditor'
import { BroadcastState } from './BroadcastState'

type Broadcast = Schema['Broadcast']

/** Messages that people are called up to hear. */
export function Broadcasts() {
  const { t } = useTranslation()
  const columns: Column<Broadcast>[] = [
    { key: 'name', title: t('broadcasts.name'), cell: (row) => row.name, narrow: true },
    {
      key: 'state',
      title: t('broadcasts.state'),
      cell: (row) => <BroadcastState broadcast={row} />,
      width: '150px',
      narrow: true,
    },
    {
      key: 'reached',
      title: t('broadcasts.reached'),
      cell: ({ tally }) => (
        <span className="num">
          {tally.reached} / {tally.numbers}
        </span>
      ),
      width: '130px',
      align: 'right',
    },
    {
      key: 'when',
      title: t('broadcasts.when'),
      cell: (row) => <span className="num">{when(row.starts_at ?? row.created_at)}</span>,
      width: '180px',
    },
  ]
  return (
    <ListScreen<Broadcast>
      name="broadcasts"
      query={broadcastsQuery}
      columns={columns}
      text={({ name }) => name}
      icon={<NotificationOutlined />}
      page={(row) => ({ to: '/broadcasts/$id', params: { id: row.id } })}
      editor={(_, open, close) => <BroadcastEditor open={open} onClose={close} />}
    />
  )
}
