import { DownloadOutlined } from '@ant-design/icons'
import { Button, Dropdown } from 'antd'
import { useTranslation } from 'react-i18next'

/** A list as a file that the server makes: a workbook, or CSV of any length. */
export function Download({
  path,
  query,
}: {
  path: string
  query: Record<string, string | number | undefined>
}) {
  const { t, i18n } = useTranslation()
  const address = (format: string) => {
    const all = Object.entries({ ...query, format, language: i18n.language })
    const given = all.flatMap(([key, value]) =>
      value === undefined || value === '' ? [] : [[key, String(value)]],
    )
    return `/api/v1${path}?${new URLSearchParams(given)}`
  }
  const items = ['xlsx', 'csv'].map((format) => ({
    key: format,
    label: (
      <a href={address(format)} download>
        {t(`download.${format}`)}
      </a>
    ),
  }))
  return (
    <Dropdown menu={{ items }} trigger={['click']}>
      <Button icon={<DownloadOutlined />}>{t('download.title')}</Button>
    </Dropdown>
  )
}
