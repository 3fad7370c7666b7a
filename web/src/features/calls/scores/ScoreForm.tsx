import { useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, Form, Input, Radio, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client, type Schema, unwrap } from '~/api/client'
import { scorecardsQuery } from '~/api/lists'
import { useMe } from '~/lib/me'
import { showProblem } from '~/ui/form'

type Score = Schema['CallScore']
type Question = Schema['ScorecardQuestion']

interface Filled {
  points: Record<string, number | 'none'>
  comments: Record<string, string>
  comment: string
}

/** The questions of a card beside the player; what one gave before stands there already. */
export function ScoreForm({ call, scores, onClose }: { call: string; scores: Score[]; onClose: () => void }) {
  const { t } = useTranslation()
  const me = useMe()
  const cards = (useQuery(scorecardsQuery).data ?? []).filter(({ enabled }) => enabled)
  const mine = scores.filter(({ scorer }) => scorer === me.user_id)
  const [chosen, setChosen] = useState<string>()
  const card = cards.find(({ id }) => id === (chosen ?? mine[0]?.card)) ?? cards[0]
  const earlier = mine.find(({ card: id }) => id === card?.id)
  if (!card) return <p className="muted">{t('scores.noCards')}</p>
  return (
    <div className="stack" style={{ marginTop: 12 }}>
      {cards.length > 1 && (
        <Select
          aria-label={t('scores.card')}
          value={card.id}
          options={cards.map(({ id, name }) => ({ value: id, label: name }))}
          onChange={setChosen}
        />
      )}
      <Asked key={card.id} call={call} card={card} earlier={earlier} onClose={onClose} />
    </div>
  )
}

function Asked({
  call,
  card,
  earlier,
  onClose,
}: {
  call: string
  card: Schema['Scorecard']
  earlier: Score | undefined
  onClose: () => void
}) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const queries = useQueryClient()
  const [form] = Form.useForm<Filled>()
  const [busy, setBusy] = useState(false)
  const version = earlier?.card_version ?? card.version
  const { data: old } = useQuery({
    queryKey: ['scorecards', card.id, version],
    enabled: version !== card.version,
    queryFn: () =>
      unwrap(
        client.GET('/api/v1/scorecards/{scorecard_id}/versions/{version}', {
          params: { path: { scorecard_id: card.id, version } },
        }),
      ),
  })
  const questions = version === card.version ? card.questions : (old?.questions ?? [])
  const save = async ({ points, comments, comment }: Filled) => {
    setBusy(true)
    try {
      const answers = questions.map(({ key }) => {
        const given = points[key]
        return {
          question: key,
          points: typeof given === 'number' ? given : null,
          comment: comments?.[key] ?? '',
        }
      })
      const params = { path: { call_id: call, scorecard_id: card.id } }
      const body = { answers, comment: comment ?? '' }
      await unwrap(client.PUT('/api/v1/calls/{call_id}/scores/{scorecard_id}', { params, body }))
      await queries.invalidateQueries({ queryKey: ['calls', 'scores', call] })
      message.success(t('form.saved'))
      onClose()
    } catch (error) {
      showProblem(error, form, message, t)
    } finally {
      setBusy(false)
    }
  }
  const known = (earlier?.answers ?? []).map((one) => [one.question, one] as const)
  const initial = {
    points: Object.fromEntries(known.map(([key, one]) => [key, one.points ?? 'none'])),
    comments: Object.fromEntries(known.map(([key, one]) => [key, one.comment])),
    comment: earlier?.comment ?? '',
  }
  return (
    <Form form={form} layout="vertical" requiredMark={false} initialValues={initial} onFinish={save}>
      {questions.map((question) => (
        <One key={question.key} question={question} />
      ))}
      <Form.Item name="comment" label={t('scores.comment')}>
        <Input.TextArea autoSize={{ minRows: 2 }} maxLength={5000} />
      </Form.Item>
      <div className="row">
        <Button type="primary" htmlType="submit" loading={busy}>
          {t('scores.save')}
        </Button>
        <Button onClick={onClose}>{t('form.cancel')}</Button>
      </div>
    </Form>
  )
}

function One({ question }: { question: Question }) {
  const { t } = useTranslation()
  const label = question.critical ? `${question.text} (${t('scores.criticalShort')})` : question.text
  const rules = [{ required: true, message: t('form.missing') }]
  const steps = Math.min(question.most, 10)
  const points = Array.from({ length: steps + 1 }, (_, step) => Math.round((step * question.most) / steps))
  const options = [
    ...points.map((value) => ({
      value,
      label: question.most === 1 ? t(value === 1 ? 'scores.yes' : 'scores.no') : String(value),
    })),
    { value: 'none', label: t('scores.notApplied') },
  ]
  return (
    <Form.Item label={label} required style={{ marginBottom: 16 }}>
      <Form.Item name={['points', question.key]} rules={rules} noStyle>
        <Radio.Group optionType="button" size="small" options={options} aria-label={question.text} />
      </Form.Item>
      <Form.Item name={['comments', question.key]} noStyle>
        <Input
          size="small"
          maxLength={2000}
          placeholder={t('scores.commentHint')}
          aria-label={t('scores.commentOn', { question: question.text })}
          style={{ marginTop: 6 }}
        />
      </Form.Item>
    </Form.Item>
  )
}
