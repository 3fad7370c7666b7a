import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { App, Button, Modal, Skeleton } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client, type Schema, unwrap } from '~/api/client'
import { problemText } from '~/lib/problem'
import { whenFull } from '~/lib/time'
import { Failed } from '~/ui/Failed'
import { useSaver } from '~/ui/useSaver'
import { Changes } from './Changes'
import { comparisonQuery, versionsQuery } from './queries'

interface Props {
  flow: Schema['Flow']
  draft: Schema['FlowDraft']
  mayEdit: boolean
  onRolledBack: () => void
}

/** What the flow has been, newest first: by whom, when, why, what changed, and the way back. */
export function Versions({ flow, draft, mayEdit, onRolledBack }: Props) {
  const { t } = useTranslation()
  const { message, modal } = App.useApp()
  const saver = useSaver('flows', 'flow')
  const [compared, setCompared] = useState<[string, string] | null>(null)
  const { data, error, refetch, hasNextPage, fetchNextPage } = useInfiniteQuery(versionsQuery(flow.id))
  if (error) return <Failed error={error} retry={refetch} />
  if (!data) return <Skeleton active title={false} />
  const rollBack = (version: number) =>
    modal.confirm({
      title: t('version.backAsk', { version }),
      content: t('version.backEffect', { next: flow.version + 1 }),
      okText: t('version.back'),
      onOk: () =>
        saver(
          unwrap(
            client.POST('/api/v1/flows/{flow_id}/roll-back', {
              params: { path: { flow_id: flow.id } },
              body: { version, note: t('version.backNote', { version }) },
            }),
          ),
        )
          .then(onRolledBack)
          .catch((error) => void message.error(problemText(error, t))),
    })
  return (
    <>
      <ol className="versions">
        {data.pages
          .flatMap((page) => page.items)
          .map(({ version, author, note, created_at }) => (
            <li key={version}>
              <b>{t('version.one', { version })}</b>
              {version === flow.version && <span className="badge">{t('version.inForce')}</span>}
              <div className="muted">
                {author && `${author} · `}
                <span className="num">{whenFull(created_at)}</span>
              </div>
              {note && <p>{note}</p>}
              <div className="row">
                {version > 1 && (
                  <Button
                    size="small"
                    aria-label={t('version.changesOf', { version })}
                    onClick={() => setCompared([String(version - 1), String(version)])}
                  >
                    {t('version.changes')}
                  </Button>
                )}
                {draft.revision > 0 && (
                  <Button
                    size="small"
                    aria-label={t('version.withDraftOf', { version })}
                    onClick={() => setCompared([String(version), 'draft'])}
                  >
                    {t('version.withDraft')}
                  </Button>
                )}
                {mayEdit && version !== flow.version && (
                  <Button
                    size="small"
                    aria-label={t('version.backTo', { version })}
                    onClick={() => rollBack(version)}
                  >
                    {t('version.back')}
                  </Button>
                )}
              </div>
            </li>
          ))}
      </ol>
      {hasNextPage && <Button onClick={() => fetchNextPage()}>{t('version.more')}</Button>}
      {compared && (
        <Compared
          flow={flow.id}
          before={compared[0]}
          after={compared[1]}
          stamp={`${flow.version}-${draft.revision}`}
          onClose={() => setCompared(null)}
        />
      )}
    </>
  )
}

function Compared(props: {
  flow: string
  before: string
  after: string
  stamp: string
  onClose: () => void
}) {
  const { t } = useTranslation()
  const { flow, before, after, stamp, onClose } = props
  const { data, error, refetch } = useQuery(comparisonQuery(flow, before, after, stamp))
  const name = (side: string) => (side === 'draft' ? t('draft.tag') : t('version.one', { version: side }))
  return (
    <Modal open width={640} footer={null} onCancel={onClose} title={`${name(before)} → ${name(after)}`}>
      {error ? (
        <Failed error={error} retry={refetch} />
      ) : data ? (
        <Changes changes={data} />
      ) : (
        <Skeleton active title={false} />
      )}
    </Modal>
  )
}
