import { MessageOutlined } from '@ant-design/icons'
import { Input } from 'antd'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { client, type Schema, unwrap } from '~/api/client'
import { Editor } from '~/ui/Editor'
import type { Field } from '~/ui/Fields'
import { ListScreen } from '~/ui/ListScreen'
import { useSaver } from '~/ui/useSaver'
import { KINDS, type Request, supportQuery } from './queries'
import { useRequestColumns } from './words'

/** What one's company asks of who runs the installation. */
export function Support() {
  const columns = useRequestColumns()
  return (
    <ListScreen<Request>
      name="support"
      query={supportQuery}
      columns={columns}
      text={(row) => `${row.title} ${row.author}`}
      icon={<MessageOutlined />}
      page={(row) => ({ to: '/support/$id', params: { id: row.id } })}
      editor={(row, open, close) => <Ask open={open && !row} onClose={close} />}
    />
  )
}

function Ask({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  const saver = useSaver('support')
  const values = useMemo(() => ({ kind: 'technical' }), [])
  const fields: Field[] = [
    {
      name: 'kind',
      label: 'support.kind',
      kind: 'select',
      required: true,
      options: KINDS.map((value) => ({ value, label: t(`support.${value}`) })),
    },
    {
      name: 'title',
      label: 'support.title',
      kind: 'text',
      required: true,
      placeholder: t('support.titleHint'),
    },
    {
      name: 'body',
      label: 'support.body',
      kind: 'own',
      required: true,
      draw: <Input.TextArea autoSize={{ minRows: 5, maxRows: 16 }} maxLength={10_000} />,
    },
  ]
  const save = (filled: Record<string, unknown>) =>
    saver(unwrap(client.POST('/api/v1/support-requests', { body: filled as Schema['NewSupportRequest'] })))
  return (
    <Editor
      open={open}
      title={t('support.add')}
      fields={fields}
      values={values}
      save={save}
      onClose={onClose}
    />
  )
}
