import { useQuery } from '@tanstack/react-query'
import { App, Button, Select } from 'antd'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client, type Schema, unwrap } from '~/api/client'
import { problemText } from '~/lib/problem'
import { serverNow, when } from '~/lib/time'
import { Editor } from '~/ui/Editor'
import type { Field } from '~/ui/Fields'
import { useSaver } from '~/ui/useSaver'
import { BOUNDS } from './bounds'

type Key = Schema['Key']

const FIELDS: Field[] = [{ name: 'name', label: 'keys.name', kind: 'text', required: true }, ...BOUNDS]

/** What bounds a key, a new secret for it, and its end. */
export function KeyEditor({
  row,
  open,
  onClose,
  onRotated,
}: {
  row: Key | null
  open: boolean
  onClose: () => void
  onRotated: (made: Schema['CreatedKey']) => void
}) {
  const saver = useSaver('keys')
  const { t } = useTranslation()
  const at = { params: { path: { key_id: row?.id ?? '' } } }
  const save = async (filled: Record<string, unknown>) => {
    const { name, allowed_addresses, requests_per_minute } = filled as unknown as Key
    const body = { name, allowed_addresses, requests_per_minute: requests_per_minute ?? null }
    await saver(unwrap(client.PATCH('/api/v1/keys/{key_id}', { ...at, body })))
  }
  const revoke = () => saver(unwrap(client.DELETE('/api/v1/keys/{key_id}', at)))
  const values = useMemo(() => ({ ...row }), [row])
  const ended = row?.revoked_at != null
  return (
    <Editor
      open={open}
      title={row?.name ?? ''}
      fields={FIELDS}
      values={values}
      save={ended ? undefined : save}
      remove={{
        run: revoke,
        question: t('keys.revokeAsk', { name: row?.name }),
        effect: t('keys.revokeEffect'),
        word: t('keys.revoke'),
        done: t('keys.revoked'),
      }}
      onClose={onClose}
    >
      {row && <Facts row={row} />}
      {row && !ended && <Rotate row={row} onRotated={onRotated} />}
      {row && <Changes row={row} />}
    </Editor>
  )
}

function Facts({ row }: { row: Key }) {
  const { t } = useTranslation()
  const facts: [string, string][] = [
    [t('keys.hint'), `${row.hint}…`],
    [t('keys.dialect'), t(`keys.dialect_${row.dialect}`)],
    [t('keys.scope'), t(`role.${row.role}`)],
    [t('keys.created'), when(row.created_at)],
    [t('keys.used'), row.last_used_at ? when(row.last_used_at) : t('keys.never')],
  ]
  if (row.public_id) facts.splice(1, 0, [t('keys.publicId'), row.public_id])
  if (row.expires_at) facts.push([t('keys.ends'), when(row.expires_at)])
  if (row.revoked_at) facts.push([t('keys.revoked'), when(row.revoked_at)])
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name} style={{ display: 'contents' }}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

const OVERLAPS = ['0', '3600', '86400', '604800']

/** Changes the secret; the old one may go on for a while, so that programs can be changed over one by one. */
function Rotate({ row, onRotated }: { row: Key; onRotated: (made: Schema['CreatedKey']) => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const saver = useSaver('keys')
  const [overlap, setOverlap] = useState('86400')
  const [busy, setBusy] = useState(false)
  const rotate = async () => {
    setBusy(true)
    try {
      const at = { params: { path: { key_id: row.id } } }
      const body = { overlap_s: Number(overlap) }
      onRotated(await unwrap(client.POST('/api/v1/keys/{key_id}/rotate', { ...at, body })))
      await saver(Promise.resolve())
    } catch (error) {
      message.error(problemText(error, t))
    } finally {
      setBusy(false)
    }
  }
  const overlaps = row.previous_until != null && row.previous_until > serverNow()
  return (
    <section style={{ marginTop: 24 }}>
      <h3 style={{ marginBottom: 4 }}>{t('keys.rotateTitle')}</h3>
      <p className="muted" style={{ marginBottom: 12 }}>
        {overlaps ? t('keys.oldUntil', { at: when(row.previous_until ?? 0) }) : t('keys.rotateAbout')}
      </p>
      <div className="row">
        <Select
          aria-label={t('keys.overlap')}
          value={overlap}
          onChange={setOverlap}
          style={{ minWidth: 210 }}
          options={OVERLAPS.map((value) => ({ value, label: t(`keys.overlap_${value}`) }))}
        />
        <Button loading={busy} onClick={rotate}>
          {t('keys.rotate')}
        </Button>
      </div>
    </section>
  )
}

/** What was done to the key, and who did it. */
function Changes({ row }: { row: Key }) {
  const { t } = useTranslation()
  const { data } = useQuery({
    queryKey: ['keys', row.id, 'changes'],
    queryFn: () =>
      unwrap(client.GET('/api/v1/keys/{key_id}/changes', { params: { path: { key_id: row.id } } })),
  })
  if (!data || data.items.length === 0) return null
  return (
    <section style={{ marginTop: 24 }}>
      <h3 style={{ marginBottom: 4 }}>{t('keys.changes')}</h3>
      <ol className="trail">
        {data.items.map((change) => (
          <li key={change.id}>
            <span className="num muted">{when(change.at)}</span>
            <span>
              {t(`keys.change_${change.kind}`)} · {change.by ?? t('keys.bySystem')}
            </span>
          </li>
        ))}
      </ol>
    </section>
  )
}
