import { useQueryClient } from '@tanstack/react-query'
import { App, Button, Input, Space } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client, type Schema, unwrap } from '~/api/client'
import { useMay } from '~/lib/me'
import { problemText } from '~/lib/problem'

type Score = Schema['CallScore']

/** A supervisor's answer to a score that is disputed. */
export function Dispute({ score }: { score: Score }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const queries = useQueryClient()
  const may = useMay('supervise')
  const [reply, setReply] = useState('')
  if (!may || score.state !== 'disputed') return null
  const run = async () => {
    try {
      const params = { path: { score_id: score.id } }
      await unwrap(client.PUT('/api/v1/scores/{score_id}/settlement', { params, body: { reply } }))
      await queries.invalidateQueries({ queryKey: ['calls', 'scores', score.call] })
    } catch (problem) {
      message.error(problemText(problem, t))
    }
  }
  return (
    <Space.Compact style={{ width: '100%' }}>
      <Input
        value={reply}
        maxLength={2000}
        placeholder={t('scores.replyHint')}
        aria-label={t('scores.reply')}
        onChange={(event) => setReply(event.target.value)}
      />
      <Button disabled={reply.trim() === ''} onClick={() => void run()}>
        {t('scores.settle')}
      </Button>
    </Space.Compact>
  )
}
