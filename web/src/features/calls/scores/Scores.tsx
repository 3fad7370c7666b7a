import { useQuery } from '@tanstack/react-query'
import { Button, Empty, Skeleton, Tag } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Schema } from '~/api/client'
import { scorecardsQuery } from '~/api/lists'
import { useMay, useMe } from '~/lib/me'
import { whenFull } from '~/lib/time'
import { Failed } from '~/ui/Failed'
import { Dispute } from './Dispute'
import { percent, scoresQuery } from './queries'
import { ScoreForm } from './ScoreForm'

type Score = Schema['CallScore']

/** How good the call was, as those who listened say. Supervisors score it; whose call it is may dispute that. */
export function Scores({ call }: { call: Schema['CallDetail'] }) {
  const { t } = useTranslation()
  const may = useMay('supervise')
  const { data, error, refetch } = useQuery(scoresQuery(call.id))
  const [open, setOpen] = useState(false)
  const scorable = may && call.extension != null
  return (
    <section className="card pad">
      <div className="row between">
        <h2>{t('scores.title')}</h2>
        {scorable && !open && <Button onClick={() => setOpen(true)}>{t('scores.give')}</Button>}
      </div>
      {error && !data && <Failed error={error} retry={refetch} />}
      {!data && !error && <Skeleton active title={false} />}
      {open && data && <ScoreForm call={call.id} scores={data} onClose={() => setOpen(false)} />}
      {data?.length === 0 && !open && (
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('scores.none')} />
      )}
      {data?.map((score) => (
        <One key={score.id} score={score} />
      ))}
    </section>
  )
}

function One({ score }: { score: Score }) {
  const { t } = useTranslation()
  const me = useMe()
  const own = me.user_id != null && score.scorer === me.user_id
  return (
    <article className="score">
      <div className="row between">
        <strong>
          {score.card_name} <span className="num">{percent(score.score)}</span>
        </strong>
        <span className="row">
          {score.state !== 'given' && (
            <Tag color={score.state === 'disputed' ? 'orange' : 'green'}>
              {t(`scores.state_${score.state}`)}
            </Tag>
          )}
          <span className="muted">
            {own ? t('scores.byMe') : ''} {whenFull(score.updated_at)}
          </span>
        </span>
      </div>
      <Answers score={score} />
      {score.comment && <p>{score.comment}</p>}
      {score.dispute && <p className="muted">{t('scores.disputed', { reason: score.dispute })}</p>}
      {score.reply && <p className="muted">{t('scores.replied', { reply: score.reply })}</p>}
      <Dispute score={score} />
    </article>
  )
}

function Answers({ score }: { score: Score }) {
  const { t } = useTranslation()
  const card = useQuery(scorecardsQuery).data?.find(({ id }) => id === score.card)
  const text = (key: string) => card?.questions.find((question) => question.key === key)?.text ?? key
  return (
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
  )
}
