import { PhoneOutlined } from '@ant-design/icons'
import { extensionsQuery } from '~/api/lists'
import { ofList } from '~/lib/find/ofList'
import { extensionName } from '~/lib/names'

export const extensionSource = ofList({
  name: 'extensions',
  icon: <PhoneOutlined />,
  query: extensionsQuery,
  words: (row) => ({ title: extensionName(row) }),
})
