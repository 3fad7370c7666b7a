import { useTranslation } from 'react-i18next'
import { when } from '~/lib/time'
import type { Column } from '~/ui/DataTable'
import { Dot } from '~/ui/Dot'
import type { Request } from './queries'

const TONES = { open: 'warn', answered: 'good', closed: 'quiet' } as const

export function Status({ status }: { status: Request['status'] }) {
  const { t } = useTranslation()
  return <Dot tone={TONES[status]}>{t(`support.${status}`)}</Dot>
}

/** The columns of a list of requests. */
export function useRequestColumns(): Column<Request>[] {
  const { t } = useTranslation()
  return [
    { key: 'title', title: t('support.title'), cell: (row) => row.title, narrow: true },
    { key: 'kind', title: t('support.kind'), cell: (row) => t(`support.${row.kind}`), width: '200px' },
    {
      key: 'status',
      title: t('support.status'),
      cell: (row) => <Status status={row.status} />,
      width: '190px',
      narrow: true,
    },
    { key: 'author', title: t('support.author'), cell: (row) => row.author, width: '180px' },
    {
      key: 'updated',
      title: t('support.updated'),
      cell: (row) => <span className="num">{when(row.updated_at)}</span>,
      width: '160px',
    },
  ]
}
