import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Skeleton } from 'antd'
import { useTranslation } from 'react-i18next'
import { client, type Schema, unwrap } from '~/api/client'
import { queuesQuery } from '~/api/lists'
import { useNames } from '~/lib/names'
import { dayShort, hourOf, length, monthOf } from '~/lib/time'
import { type Column, DataTable } from '~/ui/DataTable'
import { Download } from '~/ui/Download'
import { Failed } from '~/ui/Failed'
import { FilterPick, withPart } from '~/ui/Filter'
import { Page } from '~/ui/Page'
import { Bars } from './Bars'
import { Kinds } from './Kinds'
import { callsOf } from './links'
import { type By, daysOf, type StatisticsSearch } from './period'
import { Span } from './Span'
import { Tile } from './Totals'

type Figures = Schema['QueueFigures']
type Line = Figures & { id: string; name: string }

const share = (part: number, all: number) => (all === 0 ? 0 : Math.round((100 * part) / all))
const mean = (sum: number, count: number) => (count === 0 ? 0 : sum / count)

/** What the queues did in a period: who joined, who was answered and how soon, by queue and over time. */
export function Queues() {
  const { t } = useTranslation()
  const names = useNames()
  const search = useSearch({ from: '/inside/statistics/queues' })
  const navigate = useNavigate()
  const set = (part: StatisticsSearch) =>
    void navigate({ to: '/statistics/queues', search: withPart(search, part) })
  const days = daysOf(search)
  const queues = useQuery(queuesQuery).data ?? []
  const query = { ...days, queue: search.queue }
  const { data, error, refetch } = useQuery({
    queryKey: ['statistics', 'queues', query],
    queryFn: () => unwrap(client.GET('/api/v1/statistics/queues', { params: { query } })),
  })
  const lines: Line[] = (data?.queues ?? []).map((one) => ({
    ...one,
    id: one.queue,
    name: names.of(one.queue),
  }))
  const steps: Line[] = (data?.steps ?? []).map((one) => ({
    ...one,
    id: String(one.from),
    name: stepName(one.from, days.by),
  }))
  const sum: Line[] = data ? [{ ...data.total, id: 'total', name: t('statistics.sum') }] : []
  return (
    <Page
      title={t('statistics.queues')}
      about={t('statistics.queuesAbout')}
      actions={
        <Download path="/statistics/export" query={{ report: 'queues', from: days.from, to: days.to }} />
      }
    >
      <Kinds search={search} />
      <div className="filters">
        <Span search={search} onChange={set} />
        <FilterPick
          label={t('statistics.queue')}
          value={search.queue}
          options={queues.map(({ id, name }) => ({ value: id, label: name }))}
          onChange={(queue) => set({ queue })}
        />
      </div>
      {error && !data ? (
        <Failed error={error} retry={refetch} />
      ) : !data ? (
        <Skeleton active className="waiting" />
      ) : (
        <>
          <Tiles total={data.total} before={data.before} />
          <section className="card pad">
            <h2>{t('statistics.overTime')}</h2>
            <Bars
              label={t('statistics.queueChart', { callers: data.total.offered })}
              steps={steps.map((one) => ({
                name: one.name,
                parts: [
                  { kind: 'answered', value: one.answered },
                  { kind: 'abandoned', value: one.abandoned },
                  { kind: 'other', value: one.overflowed + one.timed_out },
                ],
              }))}
            />
          </section>
          <section>
            <h2 className="section-head">{t('statistics.byQueue')}</h2>
            {lines.length === 0 ? (
              <p className="muted">{t('statistics.noCallers')}</p>
            ) : (
              <DataTable
                label={t('statistics.byQueue')}
                columns={columns(t)}
                rows={[...lines, ...sum]}
                rowKey={(line) => line.id}
                to={(line) =>
                  line.id === 'total'
                    ? { to: '/statistics/queues', search: { ...search, queue: undefined } }
                    : { to: '/calls', search: callsOf(days, {}, { queue: line.id }) }
                }
              />
            )}
          </section>
          <section>
            <h2 className="section-head">{t('statistics.byStep')}</h2>
            <DataTable
              label={t('statistics.byStep')}
              columns={columns(t)}
              rows={steps.filter(({ offered }) => offered > 0)}
              rowKey={(line) => line.id}
            />
          </section>
        </>
      )}
    </Page>
  )
}

function Tiles({ total, before }: { total: Figures; before: Figures }) {
  const { t } = useTranslation()
  const level = (of: Figures) => share(of.in_time, of.offered)
  const lost = (of: Figures) => share(of.abandoned, of.offered)
  const wait = (of: Figures) => mean(of.answered_wait_ms, of.answered)
  return (
    <div className="figures figures-four">
      <Tile name={t('statistics.offered')} value={total.offered} before={before.offered} />
      <Tile name={t('statistics.answered')} value={total.answered} before={before.answered} />
      <Tile
        name={t('statistics.level')}
        value={level(total)}
        before={level(before)}
        shown={`${level(total)}%`}
      />
      <Tile
        name={t('statistics.abandoned')}
        value={lost(total)}
        before={lost(before)}
        shown={`${total.abandoned} · ${lost(total)}%`}
        worse
      />
      <Tile
        name={t('statistics.answerWait')}
        value={wait(total)}
        before={wait(before)}
        shown={length(wait(total))}
        worse
      />
      <Tile
        name={t('statistics.longestWait')}
        value={total.longest_wait_ms}
        before={before.longest_wait_ms}
        shown={length(total.longest_wait_ms)}
        worse
      />
    </div>
  )
}

function columns(t: (key: string) => string): Column<Line>[] {
  const number = (key: string, cell: (line: Line) => string | number, narrow = false): Column<Line> => ({
    key,
    title: t(`statistics.column_${key}`),
    cell: (line) => <span className="num">{cell(line)}</span>,
    align: 'right',
    width: '108px',
    narrow,
  })
  return [
    {
      key: 'name',
      title: t('statistics.column_name'),
      cell: (line) => (line.id === 'total' ? <strong>{line.name}</strong> : line.name),
      narrow: true,
    },
    number('offered', (line) => line.offered, true),
    number('answered', (line) => line.answered, true),
    number('level', (line) => `${share(line.in_time, line.offered)}%`, true),
    number('abandoned', (line) => line.abandoned),
    number('overflowed', (line) => line.overflowed + line.timed_out),
    number('wait', (line) => length(mean(line.answered_wait_ms, line.answered))),
    number('longest', (line) => length(line.longest_wait_ms)),
  ]
}

/** When a step begins, as short as its length allows. */
export const stepName = (from: number, by: By): string =>
  by === 'hour' ? hourOf(from) : by === 'month' ? monthOf(from) : dayShort(from)
