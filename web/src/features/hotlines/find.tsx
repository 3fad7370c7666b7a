import { SwapOutlined } from '@ant-design/icons'
import { hotlinesQuery } from '~/api/lists'
import { ofList } from '~/lib/find/ofList'
import { hotlineName } from '~/lib/names'

export const hotlineSource = ofList({
  name: 'hotlines',
  icon: <SwapOutlined />,
  query: hotlinesQuery,
  words: (row) => ({ title: hotlineName(row), numbers: [row.number] }),
})
