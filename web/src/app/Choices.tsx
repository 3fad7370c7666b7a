import { BulbOutlined, MoonOutlined, SunOutlined } from '@ant-design/icons'
import { Button, Dropdown } from 'antd'
import { useTranslation } from 'react-i18next'
import { LANGUAGES, speak } from '~/lib/i18n'
import { type Look, useLook } from '~/lib/theme'

const LOOKS: Look[] = ['system', 'light', 'dark']
const NAMES = { vi: 'Tiếng Việt', en: 'English' }

export function LookButton() {
  const { t } = useTranslation()
  const { look, choose } = useLook()
  const icon = { system: <BulbOutlined />, light: <SunOutlined />, dark: <MoonOutlined /> }[look]
  const items = LOOKS.map((key) => ({ key, label: t(`look.${key}`), onClick: () => choose(key) }))
  return (
    <Dropdown menu={{ items, selectable: true, selectedKeys: [look] }} trigger={['click']}>
      <Button type="text" icon={icon} aria-label={t('look.title')} />
    </Dropdown>
  )
}

export function TongueButton() {
  const { t, i18n } = useTranslation()
  const items = LANGUAGES.map((key) => ({ key, label: NAMES[key], onClick: () => void speak(key) }))
  return (
    <Dropdown menu={{ items, selectable: true, selectedKeys: [i18n.language] }} trigger={['click']}>
      <Button type="text" aria-label={t('language.title')}>
        {i18n.language.toUpperCase()}
      </Button>
    </Dropdown>
  )
}
