import { CoffeeOutlined, CustomerServiceOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Schema } from '~/api/client'
import { queuesQuery } from '~/api/lists'
import { useMay } from '~/lib/me'
import { useNames } from '~/lib/names'
import type { Column } from '~/ui/DataTable'
import { ListScreen } from '~/ui/ListScreen'
import { QueueEditor } from './QueueEditor'
import { Reasons } from './Reasons'

type Queue = Schema['Queue']

/** Callers who wait for an agent. */
export function Queues() {
  const { t } = useTranslation()
  const names = useNames()
  const mayEdit = useMay('edit_config')
  const [reasons, setReasons] = useState(false)
  const namesOf = (row: Queue) => row.members.map((member) => names.of(member.extension))
  const columns: Column<Queue>[] = [
    { key: 'name', title: t('queues.name'), cell: (row) => row.name, narrow: true },
    {
      key: 'number',
      title: t('queues.number'),
      cell: (row) => <span className="num">{row.number ?? ''}</span>,
      width: '110px',
    },
    {
      key: 'strategy',
      title: t('queues.strategy'),
      cell: (row) => t(`queues.${row.settings.strategy}`),
      width: '190px',
    },
    { key: 'members', title: t('queues.members'), cell: (row) => namesOf(row).join(', '), narrow: true },
  ]
  return (
    <>
      <ListScreen<Queue>
        name="queues"
        query={queuesQuery}
        columns={columns}
        text={(row) => `${row.name} ${row.number ?? ''} ${namesOf(row).join(' ')}`}
        icon={<CustomerServiceOutlined />}
        actions={
          mayEdit && (
            <Button icon={<CoffeeOutlined />} onClick={() => setReasons(true)}>
              {t('agent.reasons')}
            </Button>
          )
        }
        editor={(row, open, close) => <QueueEditor row={row} open={open} onClose={close} />}
      />
      <Reasons open={reasons} onClose={() => setReasons(false)} />
    </>
  )
}
