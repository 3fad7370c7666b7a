import { ClusterOutlined } from '@ant-design/icons'
import { useTranslation } from 'react-i18next'
import type { Schema } from '~/api/client'
import { groupsQuery } from '~/api/lists'
import { useNames } from '~/lib/names'
import type { Column } from '~/ui/DataTable'
import { ListScreen } from '~/ui/ListScreen'
import { GroupEditor } from './GroupEditor'

type Group = Schema['RingGroup']

/** Phones that ring for the same caller. */
export function Groups() {
  const { t } = useTranslation()
  const names = useNames()
  const namesOf = (row: Group) => row.members.map((member) => names.of(member.extension))
  const columns: Column<Group>[] = [
    { key: 'name', title: t('groups.name'), cell: (row) => row.name, narrow: true },
    {
      key: 'strategy',
      title: t('groups.strategy'),
      cell: (row) => t(`groups.${row.strategy}`),
      width: '170px',
    },
    {
      key: 'members',
      title: t('groups.members'),
      cell: (row) => namesOf(row).join(', '),
      narrow: true,
    },
    {
      key: 'ring',
      title: t('groups.ring'),
      cell: (row) => <span className="num">{row.ring_ms / 1000} s</span>,
      width: '140px',
      align: 'right',
    },
  ]
  return (
    <ListScreen<Group>
      name="groups"
      query={groupsQuery}
      columns={columns}
      text={(row) => `${row.name} ${namesOf(row).join(' ')}`}
      icon={<ClusterOutlined />}
      editor={(row, open, close) => <GroupEditor row={row} open={open} onClose={close} />}
    />
  )
}
