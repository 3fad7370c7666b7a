import { PartitionOutlined } from '@ant-design/icons'
import { useTranslation } from 'react-i18next'
import type { Schema } from '~/api/client'
import { departmentsQuery } from '~/api/lists'
import type { Column } from '~/ui/DataTable'
import { ListScreen } from '~/ui/ListScreen'
import { DepartmentEditor } from './DepartmentEditor'

type Department = Schema['Department']

/** How the company groups its people. */
export function Departments() {
  const { t } = useTranslation()
  const columns: Column<Department>[] = [
    { key: 'name', title: t('departments.name'), cell: (row) => row.name, narrow: true },
    { key: 'description', title: t('departments.description'), cell: (row) => row.description },
    {
      key: 'users',
      title: t('departments.users'),
      cell: (row) => <span className="num">{row.users}</span>,
      width: '130px',
      align: 'right',
      narrow: true,
    },
  ]
  return (
    <ListScreen<Department>
      name="departments"
      query={departmentsQuery}
      columns={columns}
      text={({ name, description }) => `${name} ${description}`}
      icon={<PartitionOutlined />}
      right="manage_users"
      editor={(row, open, close) => <DepartmentEditor row={row} open={open} onClose={close} />}
    />
  )
}
