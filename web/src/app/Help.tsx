import { QuestionCircleOutlined } from '@ant-design/icons'
import { Link } from '@tanstack/react-router'
import { Button, Dropdown, Tooltip } from 'antd'
import { useTranslation } from 'react-i18next'
import { may, useMe } from '~/lib/me'
import { write } from '~/lib/stored'

/** Where to go when one does not know how. */
export function Help({ onKeys }: { onKeys: () => void }) {
  const { t } = useTranslation()
  const me = useMe()
  const again = () => write(`steps.${me.company_id}`, false)
  const items = [
    ...(may(me, 'edit_config')
      ? [
          {
            key: 'steps',
            label: (
              <Link to="/" onClick={again}>
                {t('help.steps')}
              </Link>
            ),
          },
        ]
      : []),
    { key: 'keys', label: t('help.keys'), onClick: onKeys },
    { key: 'apps', label: <Link to="/apps">{t('apps.title')}</Link> },
    { key: 'docs', label: <a href="/docs">{t('help.api')}</a> },
  ]
  return (
    <Dropdown menu={{ items }} trigger={['click']}>
      <Tooltip title={t('help.title')}>
        <Button type="text" icon={<QuestionCircleOutlined />} aria-label={t('help.title')} />
      </Tooltip>
    </Dropdown>
  )
}
