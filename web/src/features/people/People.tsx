import { TeamOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Schema } from '~/api/client'
import { departmentsQuery, extensionsQuery, usersQuery } from '~/api/lists'
import { when } from '~/lib/time'
import type { Column } from '~/ui/DataTable'
import { Dot } from '~/ui/Dot'
import { ListScreen } from '~/ui/ListScreen'
import { PersonEditor } from './PersonEditor'

type User = Schema['User']

/** The people who log in. */
export function People() {
  const { t } = useTranslation()
  const extensions = useQuery(extensionsQuery).data ?? []
  const phoneOf = (user: string) => extensions.find((one) => one.user === user)?.number
  const departments = useQuery(departmentsQuery).data ?? []
  const columns: Column<User>[] = [
    { key: 'name', title: t('people.name'), cell: (row) => row.name || row.login, narrow: true },
    { key: 'login', title: t('login.login'), cell: (row) => row.login },
    {
      key: 'role',
      title: t('people.role'),
      cell: (row) => t(`role.${row.role}`),
      width: '160px',
      narrow: true,
    },
    {
      key: 'department',
      title: t('people.department'),
      cell: (row) => departments.find(({ id }) => id === row.department)?.name ?? '',
    },
    {
      key: 'phone',
      title: t('people.phone'),
      cell: (row) => phoneOf(row.id) ?? <span className="muted">–</span>,
      width: '130px',
    },
    {
      key: 'state',
      title: t('people.state'),
      cell: (row) => <State row={row} />,
      width: '150px',
    },
    {
      key: 'since',
      title: t('people.since'),
      cell: (row) => <span className="num">{when(row.created_at)}</span>,
      width: '160px',
    },
  ]
  return (
    <ListScreen<User>
      name="people"
      query={usersQuery}
      columns={columns}
      text={({ name, login, email }) => `${name} ${login} ${email ?? ''}`}
      icon={<TeamOutlined />}
      right="manage_users"
      editor={(row, open, close) => <PersonEditor row={row} open={open} onClose={close} />}
    />
  )
}

function State({ row }: { row: User }) {
  const { t } = useTranslation()
  if (!row.enabled) return <Dot tone="quiet">{t('people.off')}</Dot>
  if (row.invited) return <Dot tone="warn">{t('access.waits')}</Dot>
  return <Dot tone="good">{t('people.on')}</Dot>
}
