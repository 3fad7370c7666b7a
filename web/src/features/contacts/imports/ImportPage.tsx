import { ArrowLeftOutlined } from '@ant-design/icons'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { App, Skeleton, Steps } from 'antd'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { client, unwrap } from '~/api/client'
import { contactsChanged } from '~/lib/contacts'
import { problemText } from '~/lib/problem'
import { Failed } from '~/ui/Failed'
import { Page } from '~/ui/Page'
import { type Import, importQuery } from '../queries'
import { Mapping } from './Mapping'
import { Preview } from './Preview'
import { Work } from './Work'

const STEP: Record<Import['state'], number> = {
  mapping: 0,
  previewed: 1,
  applying: 2,
  done: 2,
  undoing: 2,
  undone: 2,
}

/** One file on its way: what its columns mean, what it would do, doing it, taking it back. */
export function ImportPage() {
  const { t } = useTranslation()
  const { id } = useParams({ from: '/inside/contacts/import/$id' })
  const { message } = App.useApp()
  const queries = useQueryClient()
  const { data, error, refetch } = useQuery(importQuery(id))
  const state = data?.state
  useEffect(() => {
    // What was written or taken back shows in the lists.
    if (state === 'done' || state === 'undone') void contactsChanged(queries)
  }, [state, queries])
  if (error && !data) return <Failed error={error} retry={refetch} />
  if (!data) return <Skeleton active className="waiting" />
  const params = { path: { import_id: id } }
  const run = async (work: Promise<Import>) => {
    try {
      queries.setQueryData(['contacts', 'imports', id], await work)
      void queries.invalidateQueries({ queryKey: ['contacts', 'imports'] })
    } catch (problem) {
      message.error(problemText(problem, t), 8)
    }
  }
  const preview = (mapping: string[]) =>
    run(unwrap(client.POST('/api/v1/contacts/imports/{import_id}/preview', { params, body: { mapping } })))
  const apply = () =>
    run(
      unwrap(
        client.POST('/api/v1/contacts/imports/{import_id}/apply', { params, body: { skip_errors: true } }),
      ),
    )
  const undo = () => run(unwrap(client.POST('/api/v1/contacts/imports/{import_id}/undo', { params })))
  return (
    <Page
      title={
        <span className="row">
          <Link to="/contacts/import" aria-label={t('import.title')}>
            <ArrowLeftOutlined />
          </Link>
          <span style={{ overflowWrap: 'anywhere' }}>{data.file_name}</span>
        </span>
      }
      about={t('import.hasRows', { count: data.rows })}
    >
      <Steps
        size="small"
        responsive={false}
        current={STEP[data.state]}
        items={['columns', 'look', 'write'].map((step) => ({ title: t(`import.step_${step}`) }))}
      />
      {STEP[data.state] < 2 ? (
        <>
          <Mapping data={data} onChosen={preview} />
          {data.state === 'previewed' && <Preview data={data} onApply={apply} />}
        </>
      ) : (
        <Work data={data} onApply={apply} onUndo={undo} />
      )}
    </Page>
  )
}
