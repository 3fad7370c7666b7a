import { useTranslation } from 'react-i18next'
import { useNames } from '~/lib/names'
import { length } from '~/lib/time'
import { type Column, DataTable } from '~/ui/DataTable'
import { callsOf } from './links'
import type { Days, StatisticsSearch } from './period'
import type { Figures, Statistics } from './queries'

interface Line extends Figures {
  id: string
}

interface Props {
  data: Statistics
  days: Days
  search: StatisticsSearch
}

/** The figures by extension and by hotline; the columns of each add up to the totals. */
export function Tables({ data, days, search }: Props) {
  const extensions = data.extensions.map(({ extension, ...figures }) => ({ ...figures, id: extension ?? '' }))
  const hotlines = data.hotlines.map(({ hotline, ...figures }) => ({ ...figures, id: hotline ?? '' }))
  return (
    <div className="stack">
      <Table lines={extensions} kind="extension" data={data} days={days} search={search} />
      <Table lines={hotlines} kind="hotline" data={data} days={days} search={search} />
    </div>
  )
}

function Table({
  lines,
  kind,
  data,
  days,
  search,
}: Props & { lines: Line[]; kind: 'extension' | 'hotline' }) {
  const { t } = useTranslation()
  const names = useNames()
  const number = (key: keyof Figures, narrow = false): Column<Line> => ({
    key,
    title: t(`statistics.column_${key}`),
    cell: (line) => <span className="num">{key.endsWith('_ms') ? length(line[key]) : line[key]}</span>,
    align: 'right',
    width: key.endsWith('_ms') ? '112px' : '96px',
    narrow,
  })
  const columns: Column<Line>[] = [
    {
      key: 'name',
      title: t(`calls.column.${kind}`),
      cell: (line) =>
        line.id === 'total' ? (
          <strong>{t('statistics.sum')}</strong>
        ) : line.id === '' ? (
          <span className="muted">{t(`statistics.no_${kind}`)}</span>
        ) : (
          names.of(line.id)
        ),
      narrow: true,
    },
    number('calls', true),
    number('answered', true),
    number('missed', true),
    number('talk_ms'),
  ]
  const sum: Line = { ...data.total, id: 'total' }
  const more = (line: Line) => (line.id === '' || line.id === 'total' ? {} : { [kind]: line.id })
  return (
    <section>
      <h2 className="section-head">{t(`statistics.by_${kind}`)}</h2>
      {lines.length === 0 ? (
        <p className="muted">{t('statistics.none')}</p>
      ) : (
        <DataTable
          label={t(`statistics.by_${kind}`)}
          columns={columns}
          rows={[...lines, sum]}
          rowKey={(line) => line.id || 'none'}
          to={(line) => ({ to: '/calls', search: callsOf(days, search, more(line)) })}
        />
      )}
    </section>
  )
}
