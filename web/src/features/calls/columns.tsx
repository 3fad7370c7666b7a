import { AudioOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { dispositionsQuery } from '~/api/lists'
import { useNames } from '~/lib/names'
import { useStoredText } from '~/lib/stored'
import { length, when, whenFull } from '~/lib/time'
import type { Column } from '~/ui/DataTable'
import { Party } from '~/ui/Party'
import type { Call } from './queries'
import { Direction, Status } from './words'

export const COLUMNS = [
  'when',
  'from',
  'to',
  'status',
  'hotline',
  'extension',
  'talk',
  'duration',
  'trunk',
  'ended_by',
  'disposition',
  'note',
  'recording',
] as const
type Key = (typeof COLUMNS)[number]

const HIDDEN_AT_FIRST = 'trunk,ended_by,duration,note'

export const useHiddenColumns = () => useStoredText('calls.hidden', HIDDEN_AT_FIRST)

/** The columns that are shown, as chosen in this browser. */
export function useCallColumns(): Column<Call>[] {
  const { t } = useTranslation()
  const names = useNames()
  const [hidden] = useHiddenColumns()
  const dispositions = useQuery(dispositionsQuery).data
  return useMemo(() => {
    const not = hidden.split(',')
    const name = (id?: string | null) => (id ? names.of(id) : <span className="muted">–</span>)
    const came = (id?: string | null) =>
      id ? dispositions?.find((one) => one.id === id)?.name : <span className="muted">–</span>
    const column = (
      key: Key,
      cell: Column<Call>['cell'],
      more: Partial<Column<Call>> = {},
    ): Column<Call> => ({
      key,
      title: t(`calls.column.${key}`),
      cell,
      ...more,
    })
    const all = [
      column(
        'when',
        (call) => (
          <time className="num" title={whenFull(call.started_at)}>
            {when(call.started_at)}
          </time>
        ),
        { width: '130px', narrow: true },
      ),
      column('from', (call) => <From call={call} />, { narrow: true }),
      column('to', (call) => <Party number={call.callee_number} />, {}),
      column('status', (call) => <Status status={call.status} cause={call.cause} />, {
        width: '150px',
        narrow: true,
      }),
      column('hotline', (call) => name(call.hotline), {}),
      column('extension', (call) => name(call.extension), {}),
      column('talk', (call) => <span className="num">{call.talk_ms > 0 ? length(call.talk_ms) : '–'}</span>, {
        width: '92px',
        align: 'right',
      }),
      column('duration', (call) => <span className="num">{length(call.duration_ms)}</span>, {
        width: '100px',
        align: 'right',
      }),
      column('trunk', (call) => name(call.trunk), {}),
      column('ended_by', (call) => t(`endedBy.${call.ended_by}`, { defaultValue: call.ended_by }), {
        width: '130px',
      }),
      column('disposition', (call) => came(call.wrap_up?.disposition)),
      column('note', (call) => <span title={call.wrap_up?.text}>{call.wrap_up?.text}</span>),
      column('recording', (call) => (call.recording ? <AudioOutlined title={t('calls.recorded')} /> : null), {
        width: '84px',
      }),
    ]
    return all.filter(({ key }) => !not.includes(key))
  }, [t, names, hidden, dispositions])
}

function From({ call }: { call: Call }) {
  return (
    <>
      <Direction direction={call.direction} /> <Party number={call.caller_number} name={call.caller_name} />
    </>
  )
}
