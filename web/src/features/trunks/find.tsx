import { NodeIndexOutlined } from '@ant-design/icons'
import { trunksQuery } from '~/api/lists'
import { ofList } from '~/lib/find/ofList'

export const trunkSource = ofList({
  name: 'trunks',
  icon: <NodeIndexOutlined />,
  query: trunksQuery,
  words: ({ name, server }) => ({ title: name, more: server }),
})
