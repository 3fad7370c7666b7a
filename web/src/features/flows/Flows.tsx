import { ApartmentOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { client, type Schema, unwrap } from '~/api/client'
import { flowsQuery, hotlinesQuery } from '~/api/lists'
import { formatPhone } from '~/lib/phone'
import { when } from '~/lib/time'
import type { Column } from '~/ui/DataTable'
import { Editor } from '~/ui/Editor'
import type { Field } from '~/ui/Fields'
import { ListScreen } from '~/ui/ListScreen'
import { useSaver } from '~/ui/useSaver'
import { graphOf } from './graph'

type Flow = Schema['Flow']

/** The flows that greet callers and decide whom they reach. */
export function Flows() {
  const { t } = useTranslation()
  const hotlines = useQuery(hotlinesQuery).data ?? []
  const usedBy = (id: string) =>
    hotlines.filter(({ target }) => target.id === id).map(({ number }) => formatPhone(number))
  const columns: Column<Flow>[] = [
    { key: 'name', title: t('flows.name'), cell: (row) => row.name, narrow: true },
    {
      key: 'nodes',
      title: t('flows.nodes'),
      cell: (row) => <span className="num">{Object.keys(graphOf(row).nodes).length}</span>,
      width: '110px',
      align: 'right',
    },
    {
      key: 'used',
      title: t('flows.used'),
      cell: (row) => usedBy(row.id).join(', ') || <span className="muted">{t('flows.unused')}</span>,
      narrow: true,
    },
    {
      key: 'version',
      title: t('flows.version'),
      cell: (row) => <span className="num">{row.version}</span>,
      width: '120px',
      align: 'right',
    },
    {
      key: 'changed',
      title: t('flows.changed'),
      cell: (row) => <span className="num">{when(row.updated_at)}</span>,
      width: '170px',
    },
  ]
  return (
    <ListScreen<Flow>
      name="flows"
      query={flowsQuery}
      columns={columns}
      text={({ name }) => name}
      icon={<ApartmentOutlined />}
      page={(row) => ({ to: '/flows/$id', params: { id: row.id } })}
      editor={(row, open, close) => <NewFlow open={open && row === null} onClose={close} />}
    />
  )
}

const FIELDS: Field[] = [{ name: 'name', label: 'flows.name', kind: 'text', required: true }]
const VALUES = {}

/** A new flow begins as one that hangs up; the editor opens on it. */
function NewFlow({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const saver = useSaver('flows')
  const save = async ({ name }: Record<string, unknown>) => {
    const graph = { start: 'bye', nodes: { bye: { type: 'hangup' } } }
    const made = await unwrap(client.POST('/api/v1/flows', { body: { name: String(name), graph } }))
    await saver(Promise.resolve())
    setTimeout(() => void navigate({ to: '/flows/$id', params: { id: made.id } }))
  }
  return (
    <Editor
      open={open}
      title={t('flows.add')}
      fields={FIELDS}
      values={VALUES}
      save={save}
      onClose={onClose}
    />
  )
}
