import { ClusterOutlined } from '@ant-design/icons'
import { groupsQuery } from '~/api/lists'
import { ofList } from '~/lib/find/ofList'

export const groupSource = ofList({
  name: 'groups',
  icon: <ClusterOutlined />,
  query: groupsQuery,
  words: ({ name }) => ({ title: name }),
})
