import { Outlet } from '@tanstack/react-router'
import { Drawer } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Dock } from '~/features/phone/Dock'
import { followSwitches } from '~/lib/companies'
import { useLiveState } from '~/lib/live/store'
import { KeySheet } from './KeySheet'
import { NewBuild } from './NewBuild'
import { Palette } from './Palette'
import { Side } from './Side'
import { Top } from './Top'
import { useKeys } from './useKeys'
import { useLive } from './useLive'

/** What stands around every screen: the bar on top, the menu, and the phone that survives navigation. */
export function Shell() {
  const { t } = useTranslation()
  const [menu, setMenu] = useState(false)
  const [palette, setPalette] = useState(false)
  const [sheet, setSheet] = useState(false)
  useLive()
  useEffect(followSwitches, [])
  useKeys({ palette: () => setPalette(true), sheet: () => setSheet(true) })
  return (
    <div className="shell">
      <a className="skip" href="#main">
        {t('shell.skip')}
      </a>
      <Top onMenu={() => setMenu(true)} onSearch={() => setPalette(true)} onKeys={() => setSheet(true)} />
      <nav className="side" aria-label={t('shell.menu')}>
        <Side />
      </nav>
      <Drawer
        open={menu}
        onClose={() => setMenu(false)}
        placement="left"
        size={270}
        title="Alo"
        styles={{ body: { padding: 0 } }}
      >
        <nav
          className="side-drawer side"
          style={{ display: 'block', border: 0 }}
          aria-label={t('shell.menu')}
        >
          <Side onGo={() => setMenu(false)} />
        </nav>
      </Drawer>
      <main className="main" id="main">
        <Stale />
        <NewBuild />
        <Outlet />
      </main>
      <Dock />
      <Palette open={palette} onClose={() => setPalette(false)} />
      <KeySheet open={sheet} onClose={() => setSheet(false)} />
    </div>
  )
}

/** Says when what is shown may be old. */
function Stale() {
  const { t } = useTranslation()
  const state = useLiveState()
  if (state !== 'stale') return null
  return (
    <div className="stale" role="status">
      {t('shell.stale')}
    </div>
  )
}
