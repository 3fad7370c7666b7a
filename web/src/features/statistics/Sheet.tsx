import { DownloadOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { csv, download } from '~/lib/csv'
import type { Days } from './period'

interface Table {
  head: string[]
  rows: (string | number)[][]
}

/** The report on the screen as a file for spreadsheets. */
export function Sheet({ name, days, tables }: { name: string; days: Days; tables: Table[] }) {
  const { t } = useTranslation()
  const run = () => {
    const rows = tables.flatMap(({ head, rows }, at) => (at === 0 ? [head, ...rows] : [[], head, ...rows]))
    download(`alo-${name}-${days.from}-${days.to}.csv`, csv(rows), 'text/csv')
  }
  return (
    <Button icon={<DownloadOutlined />} onClick={run}>
      {t('download.title')}
    </Button>
  )
}
