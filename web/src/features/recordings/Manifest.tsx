import { useQuery } from '@tanstack/react-query'
import { Skeleton } from 'antd'
import { useTranslation } from 'react-i18next'
import { client, type Schema, unwrap } from '~/api/client'
import { whenFull } from '~/lib/time'
import { Copy } from '~/ui/Copy'
import { type Column, DataTable } from '~/ui/DataTable'
import { Failed } from '~/ui/Failed'

type Entry = Schema['RecordingManifestEntry']

const SHOWN = 50

/** The end of the manifest, and its last entries. */
export function Manifest() {
  const { t } = useTranslation()
  const { data, error, refetch } = useQuery({
    queryKey: ['recording-manifest'],
    queryFn: async () => {
      const read = (after: number, limit: number) =>
        unwrap(client.GET('/api/v1/recordings/manifest', { params: { query: { after, limit } } }))
      const { head } = await read(0, 1)
      return read(Math.max(0, head.seq - SHOWN), SHOWN)
    },
  })
  const columns: Column<Entry>[] = [
    { key: 'seq', title: t('recordings.entry'), cell: (row) => row.seq, width: '80px', narrow: true },
    {
      key: 'at',
      title: t('calls.column.when'),
      cell: (row) => whenFull(row.at),
      width: '170px',
      narrow: true,
    },
    {
      key: 'kind',
      title: t('recordings.what'),
      cell: (row) => t(`recordings.kind_${row.kind}`),
      width: '110px',
      narrow: true,
    },
    { key: 'sha256', title: 'SHA-256', cell: (row) => <code>{row.sha256.slice(0, 16)}…</code> },
    { key: 'hash', title: t('recordings.chain'), cell: (row) => <code>{row.hash.slice(0, 16)}…</code> },
  ]
  return (
    <section className="stack">
      <div>
        <h2 className="section-head">{t('recordings.manifest')}</h2>
        <p className="muted">{t('recordings.manifestAbout')}</p>
      </div>
      {error && <Failed error={error} retry={refetch} />}
      {!data && !error && <Skeleton active title={false} />}
      {data && data.head.seq === 0 && <p className="muted">{t('recordings.noEntries')}</p>}
      {data && data.head.seq > 0 && (
        <>
          <p className="row" style={{ overflowWrap: 'anywhere', minWidth: 0 }}>
            {t('recordings.head', { seq: data.head.seq })}
            <Copy text={`${data.head.seq} ${data.head.hash}`} label={t('recordings.headCopy')} />
          </p>
          <DataTable
            label={t('recordings.manifest')}
            columns={columns}
            rows={[...data.items].reverse()}
            rowKey={(row) => String(row.seq)}
            to={(row) => ({ to: '/calls/$id', params: { id: row.call } })}
          />
        </>
      )}
    </section>
  )
}
