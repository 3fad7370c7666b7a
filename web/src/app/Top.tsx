import { MenuOutlined, SearchOutlined } from '@ant-design/icons'
import { Link } from '@tanstack/react-router'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { Status } from '~/features/agent/Status'
import { Bell } from '~/features/notices/Bell'
import { Count } from '~/features/voicemail/Count'
import { LookButton, TongueButton } from './Choices'
import { CompanySwitch } from './CompanySwitch'
import { Help } from './Help'
import { Person } from './Person'

export function Top(props: { onMenu: () => void; onSearch: () => void; onKeys: () => void }) {
  const { t } = useTranslation()
  return (
    <header className="bar-top">
      <Button
        className="menu-button"
        type="text"
        icon={<MenuOutlined />}
        aria-label={t('shell.menu')}
        onClick={props.onMenu}
      />
      <Link to="/" className="brand" aria-label="Alo">
        <img src="/icon.svg" alt="" />
        <span>Alo</span>
      </Link>
      <CompanySwitch />
      <span className="bar-space" />
      <button type="button" className="seek" onClick={props.onSearch} aria-label={t('palette.open')}>
        <SearchOutlined aria-hidden="true" /> <span>{t('palette.hint')}</span> <kbd>Ctrl K</kbd>
      </button>
      <Status />
      <Count />
      <Bell />
      <span className="wide-only">
        <LookButton />
        <TongueButton />
      </span>
      <Help onKeys={props.onKeys} />
      <Person />
    </header>
  )
}
