import { BulbOutlined, MoonOutlined, SunOutlined } from '@ant-design/icons'
import { Button, Dropdown } from 'antd'
import { useTranslation } from 'react-i18next'
import { LANGUAGES, speak } from '~/lib/i18n'
import { type Look, useLook } from '~/lib/theme'

const LOOKS: Look[] = ['system', 'light', 'dark']
const NAMES = { vi: 'Tiếng Việt', en: 'English' }

const ICONS = { system: <BulbOutlined />, light: <SunOutlined />, dark: <MoonOutlined /> }

/** The looks and the languages to choose from, for any menu. */
export function useChoices() {
  const { t, i18n } = useTranslation()
  const { look, choose } = useLook()
  return {
    look,
    looks: LOOKS.map((key) => ({ key, label: t(`look.${key}`), onClick: () => choose(key) })),
    tongue: i18n.language,
    tongues: LANGUAGES.map((key) => ({ key, label: NAMES[key], onClick: () => void speak(key) })),
  }
}

export function LookButton() {
  const { t } = useTranslation()
  const { look, looks } = useChoices()
  return (
    <Dropdown menu={{ items: looks, selectable: true, selectedKeys: [look] }} trigger={['click']}>
      <Button type="text" icon={ICONS[look]} aria-label={t('look.title')} />
    </Dropdown>
  )
}

export function TongueButton() {
  const { t } = useTranslation()
  const { tongue, tongues } = useChoices()
  return (
    <Dropdown menu={{ items: tongues, selectable: true, selectedKeys: [tongue] }} trigger={['click']}>
      <Button type="text" aria-label={t('language.title')}>
        {tongue.toUpperCase()}
      </Button>
    </Dropdown>
  )
}
