import { useNavigate, useSearch } from '@tanstack/react-router'
import { Segmented } from 'antd'
import { useTranslation } from 'react-i18next'
import { Page } from '~/ui/Page'
import { Carriers } from './Carriers'
import { Findings } from './Findings'
import { Nodes } from './Nodes'
import { Usage } from './Usage'

const PARTS = { nodes: Nodes, doctor: Findings, carriers: Carriers, usage: Usage }
type Part = keyof typeof PARTS

/** The operator's view of the whole: processes, what is wrong, ways to carriers, what companies take. */
export function Installation() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { open } = useSearch({ from: '/inside/installation' })
  const part: Part = open && open in PARTS ? (open as Part) : 'nodes'
  const Shown = PARTS[part]
  return (
    <Page title={t('menu.installation')} about={t(`installation.about_${part}`)}>
      <Segmented
        aria-label={t('menu.installation')}
        value={part}
        onChange={(next) => navigate({ to: '/installation', search: { open: next } })}
        options={(Object.keys(PARTS) as Part[]).map((value) => ({
          value,
          label: t(`installation.${value}`),
        }))}
        style={{ marginBottom: 16 }}
      />
      <Shown />
    </Page>
  )
}
