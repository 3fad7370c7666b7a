import { ApiOutlined } from '@ant-design/icons'
import { useTranslation } from 'react-i18next'
import type { Schema } from '~/api/client'
import { webhooksQuery } from '~/api/lists'
import type { Column } from '~/ui/DataTable'
import { Dot } from '~/ui/Dot'
import { ListScreen } from '~/ui/ListScreen'
import { WebhookEditor } from './WebhookEditor'

type Webhook = Schema['Webhook']

/** Where events are sent. */
export function Webhooks() {
  const { t } = useTranslation()
  const columns: Column<Webhook>[] = [
    { key: 'url', title: t('webhooks.url'), cell: (row) => row.url, narrow: true },
    { key: 'description', title: t('webhooks.description'), cell: (row) => row.description },
    {
      key: 'kinds',
      title: t('webhooks.kinds'),
      cell: (row) => (row.kinds.length === 0 ? t('webhooks.allKinds') : row.kinds.join(', ')),
    },
    {
      key: 'dialect',
      title: t('webhooks.dialect'),
      cell: (row) => t(`webhooks.dialect_${row.dialect}`),
      width: '150px',
    },
    {
      key: 'state',
      title: t('webhooks.state'),
      cell: (row) => (
        <Dot tone={row.enabled ? 'good' : 'quiet'}>{t(row.enabled ? 'webhooks.on' : 'webhooks.off')}</Dot>
      ),
      width: '130px',
      narrow: true,
    },
  ]
  return (
    <ListScreen<Webhook>
      name="webhooks"
      query={webhooksQuery}
      columns={columns}
      text={({ url, description }) => `${url} ${description}`}
      icon={<ApiOutlined />}
      right="manage_webhooks"
      page={(row) => ({ to: '/webhooks/$id', params: { id: row.id } })}
      editor={(row, open, close) => <WebhookEditor row={row} open={open} onClose={close} />}
    />
  )
}
