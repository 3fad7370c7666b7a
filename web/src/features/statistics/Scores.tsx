import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Skeleton } from 'antd'
import { useTranslation } from 'react-i18next'
import { client, type Schema, unwrap } from '~/api/client'
import { scorecardsQuery } from '~/api/lists'
import { useNames } from '~/lib/names'
import { startOfDay, whenFull } from '~/lib/time'
import { type Column, DataTable } from '~/ui/DataTable'
import { Failed } from '~/ui/Failed'
import { withPart } from '~/ui/Filter'
import { Page } from '~/ui/Page'
import { Kinds } from './Kinds'
import { daysOf, type StatisticsSearch } from './period'
import { Sheet } from './Sheet'
import { Span } from './Span'

type Agent = Schema['AgentScores']
type Score = Schema['CallScore']

/** When a day of the company begins, or the one so many days after it. */
const midnight = (day: string, after: number) =>
  startOfDay(Date.parse(`${day}T12:00:00Z`) + after * 86_400_000)

const percent = (score: number) => `${(score / 100).toFixed(1)}%`

/** How good the calls were, by agent and by question, and the scores behind that. */
export function Scores() {
  const { t } = useTranslation()
  const names = useNames()
  const search = useSearch({ from: '/inside/statistics/scores' })
  const navigate = useNavigate()
  const set = (part: StatisticsSearch) =>
    void navigate({ to: '/statistics/scores', search: withPart(search, part) })
  const days = daysOf(search)
  const query = { from: midnight(days.from, 0), to: midnight(days.to, 1), extension: search.extension }
  const report = useQuery({
    queryKey: ['statistics', 'scores', query],
    queryFn: () => unwrap(client.GET('/api/v1/scores/report', { params: { query } })),
  })
  const latest = useQuery({
    queryKey: ['statistics', 'latest scores', query],
    queryFn: async () =>
      (await unwrap(client.GET('/api/v1/scores', { params: { query: { ...query, limit: 50 } } }))).items,
  })
  const cards = useQuery(scorecardsQuery).data ?? []
  const text = (key: string) =>
    cards.flatMap(({ questions }) => questions).find((question) => question.key === key)?.text ?? key
  const { data, error, refetch } = report
  const keys = data?.questions.map(({ question }) => question) ?? []
  const of = (agent: Agent, key: string) => agent.questions.find(({ question }) => question === key)
  const sheet = (agents: Agent[]) => ({
    head: [t('calls.column.extension'), t('scores.count'), t('scores.average'), ...keys.map(text)],
    rows: agents.map((one) => [
      names.of(one.extension),
      one.scores,
      percent(one.average),
      ...keys.map((key) => {
        const found = of(one, key)
        return found ? percent(found.average) : ''
      }),
    ]),
  })
  const number = (key: string, cell: (one: Agent) => string | number): Column<Agent> => ({
    key,
    title: t(`scores.${key}`),
    cell: (one) => <span className="num">{cell(one)}</span>,
    align: 'right',
    width: '110px',
    narrow: true,
  })
  const agents: Column<Agent>[] = [
    { key: 'name', title: t('calls.column.extension'), cell: (one) => names.of(one.extension), narrow: true },
    number('count', (one) => one.scores),
    number('average', (one) => percent(one.average)),
    number('disputes', (one) => one.disputed),
  ]
  const calls: Column<Score>[] = [
    {
      key: 'when',
      title: t('calls.column.when'),
      cell: (one) => whenFull(one.called_at),
      width: '170px',
      narrow: true,
    },
    { key: 'who', title: t('calls.column.extension'), cell: (one) => names.of(one.extension), narrow: true },
    { key: 'card', title: t('scores.card'), cell: (one) => one.card_name },
    {
      key: 'score',
      title: t('scores.score'),
      cell: (one) => <span className="num">{percent(one.score)}</span>,
      align: 'right',
      width: '100px',
      narrow: true,
    },
    {
      key: 'state',
      title: t('scores.state'),
      cell: (one) => t(`scores.state_${one.state}`),
      width: '120px',
    },
  ]
  return (
    <Page
      title={t('statistics.scores')}
      about={t('statistics.scoresAbout')}
      actions={data && <Sheet name="scores" days={days} tables={[sheet(data.agents)]} />}
    >
      <Kinds search={search} />
      <div className="filters">
        <Span search={search} onChange={set} />
        {search.extension && (
          <Link to="/statistics/scores" search={{ ...search, extension: undefined }}>
            {t('scores.allAgents')}
          </Link>
        )}
      </div>
      {error && !data ? (
        <Failed error={error} retry={refetch} />
      ) : !data ? (
        <Skeleton active className="waiting" />
      ) : data.scores === 0 ? (
        <p className="muted">{t('scores.noneYet')}</p>
      ) : (
        <>
          <div className="figures-grid">
            <section>
              <h2 className="section-head">{t('scores.byAgent')}</h2>
              <DataTable
                label={t('scores.byAgent')}
                columns={agents}
                rows={data.agents}
                rowKey={(one) => one.extension}
                to={(one) => ({ to: '/statistics/scores', search: { ...search, extension: one.extension } })}
              />
            </section>
            <section>
              <h2 className="section-head">{t('scores.byQuestion')}</h2>
              <ul className="bars card pad">
                {data.questions.map(({ question, average }) => (
                  <li key={question}>
                    <span className="row between">
                      <span>{text(question)}</span>
                      <span className="num muted">{percent(average)}</span>
                    </span>
                    <span className="bar-track" aria-hidden="true">
                      <i className="bar-answered" style={{ width: percent(average) }} />
                    </span>
                  </li>
                ))}
              </ul>
            </section>
          </div>
          <section>
            <h2 className="section-head">{t('scores.latest')}</h2>
            <DataTable
              label={t('scores.latest')}
              columns={calls}
              rows={latest.data ?? []}
              rowKey={(one) => one.id}
              to={(one) => ({ to: '/calls/$id', params: { id: one.call } })}
            />
          </section>
        </>
      )}
    </Page>
  )
}
