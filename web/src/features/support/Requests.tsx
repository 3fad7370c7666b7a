import { MessageOutlined } from '@ant-design/icons'
import { useTranslation } from 'react-i18next'
import { ListScreen } from '~/ui/ListScreen'
import { type Request, requestsQuery } from './queries'
import { useRequestColumns } from './words'

/** What all companies ask of the operator. */
export function Requests() {
  const { t } = useTranslation()
  const columns = useRequestColumns()
  columns.splice(1, 0, {
    key: 'company',
    title: t('support.company'),
    cell: (row) => row.company_name,
    width: '200px',
  })
  return (
    <ListScreen<Request>
      name="requests"
      query={requestsQuery}
      columns={columns}
      text={(row) => `${row.title} ${row.company_name} ${row.author}`}
      icon={<MessageOutlined />}
      right="operate_server"
      fixed
      page={(row) => ({ to: '/support/$id', params: { id: row.id } })}
    />
  )
}
