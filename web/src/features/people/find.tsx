import { UserOutlined } from '@ant-design/icons'
import { usersQuery } from '~/api/lists'
import { ofList } from '~/lib/find/ofList'

export const personSource = ofList({
  name: 'people',
  right: 'manage_users',
  icon: <UserOutlined />,
  query: usersQuery,
  words: ({ name, login }) => ({ title: name || login, more: name ? login : '' }),
})
