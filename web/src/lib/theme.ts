import { type ThemeConfig, theme } from 'antd'
import { useEffect, useSyncExternalStore } from 'react'
import { useStored } from './stored'

export type Look = 'system' | 'light' | 'dark'

const asksForDark = () => window.matchMedia('(prefers-color-scheme: dark)')

function subscribe(listener: () => void): () => void {
  const query = asksForDark()
  query.addEventListener('change', listener)
  return () => query.removeEventListener('change', listener)
}

/** The chosen look, how to choose, and whether it is dark now. */
export function useLook(): { look: Look; choose: (look: Look) => void; dark: boolean } {
  const [look, choose] = useStored<Look>('look', 'system')
  const system = useSyncExternalStore(subscribe, () => asksForDark().matches)
  const dark = look === 'dark' || (look === 'system' && system)
  useEffect(() => {
    document.documentElement.dataset.theme = dark ? 'dark' : 'light'
  }, [dark])
  return { look, choose, dark }
}

/** Our colours for the component library; secondary text is dark enough to read (WCAG AA). */
export function themeOf(dark: boolean): ThemeConfig {
  const quiet = dark ? '#9aa8a4' : '#5c6966'
  return {
    algorithm: dark ? theme.darkAlgorithm : theme.defaultAlgorithm,
    token: {
      colorPrimary: dark ? '#3cc9b7' : '#07685e',
      colorLink: dark ? '#4fd1bf' : '#07685e',
      colorTextLightSolid: dark ? '#06211d' : '#ffffff',
      colorBgBase: dark ? '#101514' : '#ffffff',
      colorBgContainer: dark ? '#181f1e' : '#ffffff',
      colorBgElevated: dark ? '#1d2625' : '#ffffff',
      colorTextBase: dark ? '#e6ecea' : '#1c2523',
      colorTextSecondary: quiet,
      colorTextTertiary: quiet,
      colorTextDescription: quiet,
      colorTextPlaceholder: dark ? '#8b9995' : '#6b7774',
      colorBorder: dark ? '#3a4644' : '#cdd5d1',
      colorBorderSecondary: dark ? '#2a3432' : '#e2e6e1',
      colorError: dark ? '#ff8a80' : '#b3261e',
      fontFamily: '"Be Vietnam Pro", system-ui, sans-serif',
      fontSize: 14,
      borderRadius: 8,
      controlHeight: 34,
      wireframe: false,
      // The style sheet stops all movement then; components that waited for its end would never show or leave.
      motion: !window.matchMedia('(prefers-reduced-motion: reduce)').matches,
    },
    components: {
      Button: {
        primaryShadow: 'none',
        defaultShadow: 'none',
        primaryColor: dark ? '#06211d' : '#ffffff',
        dangerShadow: 'none',
      },
      Segmented: { itemSelectedBg: dark ? '#2a3432' : '#ffffff' },
    },
  }
}
