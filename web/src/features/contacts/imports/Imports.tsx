import { ArrowLeftOutlined, InboxOutlined } from '@ant-design/icons'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { App, Upload } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { problemOf } from '~/api/client'
import { problemText } from '~/lib/problem'
import { when } from '~/lib/time'
import { type Column, DataTable } from '~/ui/DataTable'
import { Page } from '~/ui/Page'
import { type Import, importsQuery } from '../queries'

/** Where a file of contacts begins its way, and the ones before it. */
export function Imports() {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const [busy, setBusy] = useState(false)
  const earlier = useQuery(importsQuery).data ?? []
  const send = async (file: File) => {
    setBusy(true)
    try {
      const made = await upload(file)
      queries.setQueryData(['contacts', 'imports', made.id], made)
      void queries.invalidateQueries({ queryKey: ['contacts', 'imports'], exact: true })
      await navigate({ to: '/contacts/import/$id', params: { id: made.id } })
    } catch (error) {
      message.error(problemText(error, t), 8)
      setBusy(false)
    }
  }
  const columns: Column<Import>[] = [
    { key: 'file', title: t('import.file'), cell: (row) => row.file_name, narrow: true },
    { key: 'rows', title: t('import.rows'), cell: (row) => row.rows, width: '110px', align: 'right' },
    {
      key: 'state',
      title: t('import.state'),
      cell: (row) => t(`import.state_${row.state}`),
      width: '190px',
      narrow: true,
    },
    {
      key: 'at',
      title: t('import.at'),
      cell: (row) => <span className="num">{when(row.created_at)}</span>,
      width: '160px',
    },
  ]
  return (
    <Page
      title={
        <span className="row">
          <Link to="/contacts" aria-label={t('menu.contacts')}>
            <ArrowLeftOutlined />
          </Link>
          {t('import.title')}
        </span>
      }
      about={t('import.about')}
    >
      <Upload.Dragger
        accept=".xlsx,.csv,.txt,.tsv"
        maxCount={1}
        disabled={busy}
        showUploadList={false}
        beforeUpload={(file) => {
          void send(file)
          return false
        }}
      >
        <p className="teach-icon import-icon" aria-hidden="true">
          <InboxOutlined />
        </p>
        <p>{t(busy ? 'import.reading' : 'import.drop')}</p>
        <p className="muted">{t('import.limits')}</p>
      </Upload.Dragger>
      {earlier.length > 0 && (
        <>
          <h2>{t('import.earlier')}</h2>
          <DataTable
            label={t('import.earlier')}
            columns={columns}
            rows={earlier}
            rowKey={(row) => row.id}
            to={(row) => ({ to: '/contacts/import/$id', params: { id: row.id } })}
          />
        </>
      )}
    </Page>
  )
}

/** A form with a file, which the generated client cannot send. */
async function upload(file: File): Promise<Import> {
  const body = new FormData()
  body.append('file', file)
  const answer = await fetch('/api/v1/contacts/imports', { method: 'POST', body })
  const told = await answer.json().catch(() => null)
  if (!answer.ok) throw problemOf(answer.status, told)
  return told as Import
}
