import { DeleteOutlined, TagsOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { App, Button, Modal, Typography } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client, unwrap } from '~/api/client'
import { dispositionsQuery } from '~/api/lists'
import { problemText } from '~/lib/problem'
import { AddName } from '~/ui/AddName'
import { Failed } from '~/ui/Failed'
import { useSaver } from '~/ui/useSaver'

/** The words that agents choose from after a call. */
export function Dispositions() {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button icon={<TagsOutlined />} onClick={() => setOpen(true)}>
        {t('written.dispositions')}
      </Button>
      <Modal
        open={open}
        onCancel={() => setOpen(false)}
        title={t('written.dispositions')}
        footer={null}
        destroyOnHidden
      >
        <p className="muted" style={{ marginBottom: 12 }}>
          {t('written.dispositionsAbout')}
        </p>
        <List />
        <Add />
      </Modal>
    </>
  )
}

function List() {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const saver = useSaver('dispositions')
  const { data, error, refetch } = useQuery(dispositionsQuery)
  if (error && !data) return <Failed error={error} retry={refetch} />
  const run = (work: Promise<unknown>) =>
    saver(work).catch((problem) => void message.error(problemText(problem, t)))
  const path = (disposition_id: string) => ({ path: { disposition_id } })
  const rename = (id: string, name: string) =>
    run(unwrap(client.PATCH('/api/v1/dispositions/{disposition_id}', { params: path(id), body: { name } })))
  const retire = (id: string) =>
    run(unwrap(client.DELETE('/api/v1/dispositions/{disposition_id}', { params: path(id) })))
  return (
    <ul className="plain reasons">
      {data
        ?.filter(({ retired }) => !retired)
        .map(({ id, name }) => (
          <li key={id} className="row between">
            <Typography.Text
              editable={{
                tooltip: t('written.rename', { name }),
                maxLength: 60,
                onChange: (next) => next.trim() !== '' && next !== name && void rename(id, next),
              }}
            >
              {name}
            </Typography.Text>
            <Button
              type="text"
              size="small"
              icon={<DeleteOutlined />}
              aria-label={t('written.retire', { name })}
              onClick={() => void retire(id)}
            />
          </li>
        ))}
    </ul>
  )
}

function Add() {
  const { t } = useTranslation()
  const saver = useSaver('dispositions')
  return (
    <AddName
      onAdd={(body) => saver(unwrap(client.POST('/api/v1/dispositions', { body })))}
      label={t('written.one')}
      hint={t('written.hint')}
    />
  )
}
