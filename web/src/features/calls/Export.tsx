import { DownloadOutlined } from '@ant-design/icons'
import { App, Button, Tooltip } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client, unwrap } from '~/api/client'
import { csv, download } from '~/lib/csv'
import { useNames } from '~/lib/names'
import { problemText } from '~/lib/problem'
import { serverNow, whenFull } from '~/lib/time'
import { type CallSearch, queryOf } from './filter'
import type { Call } from './queries'

/** How many rows one file holds; more are for the API. */
const MOST = 20_000

/** All calls of the list, not only those in sight, as a file for spreadsheets. */
export function Export({ search }: { search: CallSearch }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const names = useNames()
  const [rows, setRows] = useState<number | null>(null)
  const run = async () => {
    setRows(0)
    try {
      const calls = await readAll(search, setRows)
      const name = (id?: string | null) => (id ? names.of(id) : '')
      const word = (group: string, value: string) => t(`${group}.${value}`, { defaultValue: value })
      const head = [
        'when',
        'direction',
        'status',
        'from',
        'to',
        'hotline',
        'extension',
        'talk',
        'duration',
        'cause',
        'id',
      ]
      const lines = calls.map((call) => [
        whenFull(call.started_at),
        word('direction', call.direction),
        word('status', call.status),
        call.caller_number,
        call.callee_number,
        name(call.hotline),
        name(call.extension),
        Math.round(call.talk_ms / 1000),
        Math.round(call.duration_ms / 1000),
        word('cause', call.cause),
        call.id,
      ])
      const text = csv([head.map((key) => t(`calls.csv.${key}`)), ...lines])
      download(`alo-${new Date(serverNow()).toISOString().slice(0, 10)}.csv`, text, 'text/csv')
      if (calls.length >= MOST) message.warning(t('calls.exportCut', { count: MOST }))
    } catch (error) {
      message.error(problemText(error, t))
    } finally {
      setRows(null)
    }
  }
  return (
    <Tooltip title={rows === null ? t('calls.exportAbout') : t('calls.exporting', { count: rows })}>
      <Button icon={<DownloadOutlined />} loading={rows !== null} onClick={run}>
        {t('calls.export')}
      </Button>
    </Tooltip>
  )
}

async function readAll(search: CallSearch, progress: (rows: number) => void): Promise<Call[]> {
  const calls: Call[] = []
  const filter = queryOf(search, serverNow())
  let after: string | undefined
  do {
    const query = { ...filter, limit: 200, after }
    const page = await unwrap(client.GET('/api/v1/calls', { params: { query } }))
    calls.push(...page.items)
    progress(calls.length)
    after = page.next ?? undefined
  } while (after && calls.length < MOST)
  return calls
}
