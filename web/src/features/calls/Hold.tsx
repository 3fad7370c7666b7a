import { LockOutlined, UnlockOutlined } from '@ant-design/icons'
import { useQueryClient } from '@tanstack/react-query'
import { App, Button, Input, Popconfirm, Space } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client, type Schema, unwrap } from '~/api/client'
import { useMay } from '~/lib/me'
import { problemText } from '~/lib/problem'

/** Whether a recording is held, so that it is not deleted with age; managers hold it and release it. */
export function Hold({ id, recording }: { id: string; recording: Schema['CallRecording'] }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const queries = useQueryClient()
  const may = useMay('manage_users')
  const [reason, setReason] = useState('')
  const path = '/api/v1/calls/{call_id}/recording/hold'
  const params = { path: { call_id: id } }
  const run = async (asked: Promise<unknown>) => {
    try {
      await asked
      setReason('')
      await queries.invalidateQueries({ queryKey: ['calls', 'one', id] })
    } catch (problem) {
      message.error(problemText(problem, t))
    }
  }
  if (recording.held != null) {
    return (
      <p className="row" style={{ marginTop: 12 }}>
        <LockOutlined /> {t('recordings.held', { reason: recording.held })}
        {may && (
          <Popconfirm
            title={t('recordings.releaseAsk')}
            onConfirm={() => run(unwrap(client.DELETE(path, { params })))}
          >
            <Button size="small" icon={<UnlockOutlined />}>
              {t('recordings.release')}
            </Button>
          </Popconfirm>
        )}
      </p>
    )
  }
  if (!may) return null
  return (
    <Space.Compact style={{ maxWidth: 480, width: '100%', marginTop: 12 }}>
      <Input
        value={reason}
        maxLength={500}
        placeholder={t('recordings.holdHint')}
        aria-label={t('recordings.holdWhy')}
        onChange={(event) => setReason(event.target.value)}
      />
      <Button
        icon={<LockOutlined />}
        disabled={reason.trim() === ''}
        onClick={() => run(unwrap(client.PUT(path, { params, body: { reason } })))}
      >
        {t('recordings.hold')}
      </Button>
    </Space.Compact>
  )
}
