import { ApartmentOutlined } from '@ant-design/icons'
import { flowsQuery } from '~/api/lists'
import { ofList } from '~/lib/find/ofList'

export const flowSource = ofList({
  name: 'flows',
  icon: <ApartmentOutlined />,
  query: flowsQuery,
  words: ({ name }) => ({ title: name }),
  page: '/flows/$id',
})
