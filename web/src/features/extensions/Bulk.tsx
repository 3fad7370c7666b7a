import { useQueryClient } from '@tanstack/react-query'
import { App, Input, Modal, Table } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client, Problem, type Schema, unwrap } from '~/api/client'
import { csv, download } from '~/lib/csv'
import { problemText } from '~/lib/problem'
import { expand } from './range'

type Made = Schema['CreatedExtension'][]

/** Many numbers at once: "101-120, 205". Their passwords come as a list, once. */
export function Bulk({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const queries = useQueryClient()
  const [text, setText] = useState('')
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState('')
  const [made, setMade] = useState<Made | null>(null)
  const numbers = expand(text)
  const close = () => {
    setMade(null)
    setText('')
    setFault('')
    onClose()
  }
  const create = async () => {
    setBusy(true)
    setFault('')
    try {
      const extensions = (numbers ?? []).map((number) => ({ number }))
      const { items } = await unwrap(client.POST('/api/v1/extensions/bulk', { body: { extensions } }))
      setMade(items)
      message.success(t('form.saved'))
      await queries.invalidateQueries({ queryKey: ['extensions'] })
    } catch (error) {
      setFault((error instanceof Problem && error.fields[0]?.message) || problemText(error, t))
    } finally {
      setBusy(false)
    }
  }
  const save = () =>
    download(
      'alo-phones.csv',
      csv([
        [t('extensions.number'), t('extensions.password')],
        ...(made ?? []).map((one) => [one.number, one.password]),
      ]),
      'text/csv',
    )
  return (
    <Modal
      open={open}
      title={t('extensions.bulk')}
      onCancel={close}
      okText={made ? t('extensions.bulkSave') : t('extensions.bulkCreate', { count: numbers?.length ?? 0 })}
      okButtonProps={{ loading: busy, disabled: !made && !numbers?.length }}
      onOk={made ? save : create}
    >
      {made ? (
        <Table
          size="small"
          rowKey="id"
          dataSource={made}
          pagination={{ pageSize: 8 }}
          columns={[
            { dataIndex: 'number', title: t('extensions.number') },
            { dataIndex: 'password', title: t('extensions.password') },
          ]}
        />
      ) : (
        <>
          <p className="muted">{t('extensions.bulkAbout')}</p>
          <Input
            value={text}
            status={text !== '' && !numbers ? 'error' : ''}
            aria-label={t('extensions.bulk')}
            placeholder="101-120, 205"
            onChange={(event) => setText(event.target.value)}
          />
          {fault !== '' && (
            <p role="alert" style={{ color: 'var(--red)' }}>
              {fault}
            </p>
          )}
        </>
      )}
    </Modal>
  )
}
