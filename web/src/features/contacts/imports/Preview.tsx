import { DownloadOutlined } from '@ant-design/icons'
import { useInfiniteQuery } from '@tanstack/react-query'
import { App, Button, Segmented, Skeleton } from 'antd'
import { useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Column, DataTable } from '~/ui/DataTable'
import { Failed } from '~/ui/Failed'
import { type Import, type ImportRow, rowsQuery } from '../queries'
import { changesOf } from './changes'

const OUTCOMES = ['new', 'changed', 'same', 'error'] as const
type Outcome = (typeof OUTCOMES)[number]

/** What the file would do, row by row, before anything is done. */
export function Preview({ data, onApply }: { data: Import; onApply: () => Promise<void> }) {
  const { t } = useTranslation()
  const { modal } = App.useApp()
  const first = OUTCOMES.find((outcome) => data.counts[outcome] > 0) ?? 'new'
  const [outcome, setOutcome] = useState<Outcome>(first)
  const written = data.counts.new + data.counts.changed
  const apply = () => {
    if (data.counts.error === 0) return void onApply()
    modal.confirm({
      title: t('import.skipAsk', { count: data.counts.error }),
      content: t('import.skipEffect'),
      okText: t('import.apply', { count: written }),
      onOk: onApply,
    })
  }
  return (
    <>
      <div className="row between">
        <Segmented
          value={outcome}
          aria-label={t('import.outcome')}
          options={OUTCOMES.map((value) => ({
            value,
            label: `${t(`import.outcome_${value}`)} · ${data.counts[value]}`,
          }))}
          onChange={setOutcome}
        />
        <span className="row">
          <ErrorsLink data={data} />
          <Button type="primary" disabled={written === 0} onClick={apply}>
            {t('import.apply', { count: written })}
          </Button>
        </span>
      </div>
      <Rows data={data} outcome={outcome} />
    </>
  )
}

/** The rows that cannot be taken, to be mended in a spreadsheet. */
export function ErrorsLink({ data }: { data: Import }) {
  const { t } = useTranslation()
  if (data.counts.error === 0) return null
  return (
    <Button icon={<DownloadOutlined />} href={`/api/v1/contacts/imports/${data.id}/errors`} download>
      {t('import.errors')}
    </Button>
  )
}

export function Rows({ data, outcome }: { data: Import; outcome: Outcome }) {
  const { t } = useTranslation()
  const {
    data: pages,
    error,
    refetch,
    fetchNextPage,
    hasNextPage,
    isFetchingNextPage,
  } = useInfiniteQuery(rowsQuery(data.id, outcome, data.mapping.join('|')))
  const rows = useMemo(() => pages?.pages.flatMap((page) => page.items) ?? [], [pages])
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [hasNextPage, isFetchingNextPage, fetchNextPage])
  const columns: Column<ImportRow>[] = [
    {
      key: 'place',
      title: t('import.place'),
      cell: (row) => <span className="num muted">{row.place}</span>,
      width: '72px',
    },
    {
      key: 'name',
      title: t('contacts.name'),
      cell: (row) => row.after?.name ?? row.cells.find((cell) => cell !== '') ?? '',
      narrow: true,
    },
    {
      key: 'what',
      title: t(outcome === 'error' ? 'import.problem' : 'import.change'),
      cell: (row) => <What row={row} />,
      narrow: true,
    },
  ]
  if (error && !pages) return <Failed error={error} retry={refetch} />
  if (!pages) return <Skeleton active className="waiting" title={false} />
  if (rows.length === 0) return <p className="muted">{t('import.noRows')}</p>
  return (
    <DataTable
      label={t(`import.outcome_${outcome}`)}
      columns={columns}
      rows={rows}
      rowKey={(row) => String(row.place)}
      onEnd={more}
    />
  )
}

function What({ row }: { row: ImportRow }) {
  const { t } = useTranslation()
  if (row.outcome === 'error') return <span className="bad">{row.problem}</span>
  if (!row.after) return <span className="muted">{row.cells.join(' · ')}</span>
  return changesOf(row.before ?? null, row.after).map(({ field, name, before, after }) => (
    <span key={field + name} className="change">
      <span className="muted">{field === 'fields' ? name : t(`import.meaning.${field}`)}:</span>{' '}
      {before !== '' && <del>{before}</del>} <ins>{after}</ins>
    </span>
  ))
}
