import { SoundOutlined } from '@ant-design/icons'
import { greetingsQuery } from '~/api/lists'
import { ofList } from '~/lib/find/ofList'

export const greetingSource = ofList({
  name: 'greetings',
  icon: <SoundOutlined />,
  query: greetingsQuery,
  words: ({ name }) => ({ title: name }),
})
