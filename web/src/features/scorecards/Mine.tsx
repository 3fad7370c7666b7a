import { useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, Empty, Input, Skeleton, Space, Tag } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client, type Schema, unwrap } from '~/api/client'
import { scorecardsQuery } from '~/api/lists'
import { problemText } from '~/lib/problem'
import { whenFull } from '~/lib/time'
import { Failed } from '~/ui/Failed'
import { Page } from '~/ui/Page'

type Score = Schema['CallScore']

/** The scores of one's own calls, each to be disputed once. */
export function Mine() {
  const { t } = useTranslation()
  const { data, error, refetch } = useQuery({
    queryKey: ['my scores'],
    queryFn: async () =>
      (await unwrap(client.GET('/api/v1/scores', { params: { query: { limit: 100 } } }))).items,
  })
  return (
    <Page title={t('menu.scores')} about={t('mine.about')}>
      {error && !data && <Failed error={error} retry={refetch} />}
      {!data && !error && <Skeleton active className="waiting" />}
      {data?.length === 0 && <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('mine.none')} />}
      {data?.map((score) => (
        <One key={score.id} score={score} />
      ))}
    </Page>
  )
}

function One({ score }: { score: Score }) {
  const { t } = useTranslation()
  const card = useQuery(scorecardsQuery).data?.find(({ id }) => id === score.card)
  const text = (key: string) => card?.questions.find((question) => question.key === key)?.text ?? key
  return (
    <article className="card pad stack" style={{ maxWidth: 720 }}>
      <div className="row between">
        <h2>
          {score.card_name} · <span className="num">{(score.score / 100).toFixed(1)}%</span>
        </h2>
        <Tag>{t(`scores.state_${score.state}`)}</Tag>
      </div>
      <p className="muted">{whenFull(score.called_at)}</p>
      <dl className="facts">
        {score.answers.map(({ question, points, most, comment }) => (
          <div key={question} style={{ display: 'contents' }}>
            <dt>{text(question)}</dt>
            <dd>
              <span className="num">{points == null ? t('scores.notApplied') : `${points} / ${most}`}</span>
              {comment && <span className="muted"> · {comment}</span>}
            </dd>
          </div>
        ))}
      </dl>
      {score.comment && <p>{score.comment}</p>}
      {score.dispute && <p className="muted">{t('scores.disputed', { reason: score.dispute })}</p>}
      {score.reply && <p className="muted">{t('scores.replied', { reply: score.reply })}</p>}
      {score.state === 'given' && <Disagree score={score} />}
    </article>
  )
}

function Disagree({ score }: { score: Score }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const queries = useQueryClient()
  const [reason, setReason] = useState('')
  const run = async () => {
    try {
      const params = { path: { score_id: score.id } }
      await unwrap(client.PUT('/api/v1/scores/{score_id}/dispute', { params, body: { reason } }))
      await queries.invalidateQueries({ queryKey: ['my scores'] })
    } catch (problem) {
      message.error(problemText(problem, t))
    }
  }
  return (
    <Space.Compact style={{ width: '100%' }}>
      <Input
        value={reason}
        maxLength={2000}
        placeholder={t('mine.reason')}
        aria-label={t('mine.reason')}
        onChange={(event) => setReason(event.target.value)}
      />
      <Button disabled={reason.trim() === ''} onClick={() => void run()}>
        {t('mine.dispute')}
      </Button>
    </Space.Compact>
  )
}
