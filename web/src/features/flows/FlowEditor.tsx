import { ArrowLeftOutlined } from '@ant-design/icons'
import { Link, useBlocker } from '@tanstack/react-router'
import { Segmented } from 'antd'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Schema } from '~/api/client'
import { useMay } from '~/lib/me'
import { when } from '~/lib/time'
import { Dot } from '~/ui/Dot'
import { Page } from '~/ui/Page'
import { Canvas } from './Canvas'
import { EditorActions } from './EditorActions'
import { faultsByNode, type Graph, graphOf, missing } from './graph'
import { NodePane } from './NodePane'
import { Simulator } from './Simulator'
import { Tests } from './Tests'
import { Versions } from './Versions'

export type Pane = 'node' | 'walk' | 'tests' | 'versions'

interface Props {
  flow: Schema['Flow']
  draft: Schema['FlowDraft']
  pane: Pane
  onPane: (pane: Pane) => void
  reload: () => void
}

/** The editor: the drawing on the left; on the right the chosen node, the simulator, tests or versions. */
export function FlowEditor({ flow, draft, pane, onPane, reload }: Props) {
  const { t } = useTranslation()
  const mayEdit = useMay('edit_config')
  const [graph, setGraph] = useState(graphOf(draft))
  const [chosen, setChosen] = useState<string | null>(graph.start)
  const [said, setSaid] = useState<{ name: string; message: string }[]>(draft.faults)
  const [walked, setWalked] = useState<string[]>([])
  const dirty = graph !== graphOf(draft)
  useBlocker({
    shouldBlockFn: () => dirty && !window.confirm(t('form.unsavedAbout')),
    enableBeforeUnload: dirty,
  })
  const faults = useMemo(() => {
    const seen = missing(graph)
    const told = said.filter(({ name }) => !seen.some((one) => one.name === name))
    return faultsByNode([...seen, ...told])
  }, [graph, said])
  const change = (next: Graph) => {
    setSaid([])
    setWalked([])
    setGraph(next)
  }
  const panes: Pane[] = mayEdit ? ['node', 'walk', 'tests', 'versions'] : ['node', 'walk', 'versions']
  return (
    <Page
      title={
        <span className="row">
          <Link to="/flows" aria-label={t('menu.flows')}>
            <ArrowLeftOutlined />
          </Link>
          {flow.name}
          {(dirty || draft.revision > 0) && <Dot tone="warn">{t('draft.tag')}</Dot>}
        </span>
      }
      about={<Standing flow={flow} draft={draft} dirty={dirty} />}
      actions={
        mayEdit && (
          <EditorActions
            flow={flow}
            draft={draft}
            graph={graph}
            dirty={dirty}
            unfinished={missing(graph).length > 0}
            onSaid={setSaid}
            onSaved={reload}
          />
        )
      }
    >
      <div className="flow">
        <Canvas
          graph={graph}
          chosen={chosen}
          faults={faults}
          walked={walked}
          mayEdit={mayEdit}
          onChange={change}
          onChoose={setChosen}
        />
        <aside className="flow-pane" aria-label={t(`flows.pane_${pane}`)}>
          <Segmented
            block
            size="small"
            value={pane}
            onChange={onPane}
            options={panes.map((value) => ({ value, label: t(`flows.pane_${value}`) }))}
          />
          {pane === 'node' && (
            <NodePane
              graph={graph}
              name={chosen}
              faults={faults}
              mayEdit={mayEdit}
              onChange={change}
              onChoose={setChosen}
            />
          )}
          {pane === 'walk' && <Simulator graph={graph} onSaid={setSaid} onWalked={setWalked} />}
          {pane === 'tests' && <Tests flow={flow.id} graph={graph} />}
          {pane === 'versions' && (
            <Versions flow={flow} draft={draft} mayEdit={mayEdit} onRolledBack={reload} />
          )}
        </aside>
      </div>
    </Page>
  )
}

/** What calls walk, whose it is, and whether something else is being drawn. */
function Standing({
  flow,
  draft,
  dirty,
}: {
  flow: Schema['Flow']
  draft: Schema['FlowDraft']
  dirty: boolean
}) {
  const { t } = useTranslation()
  const inForce = flow.author
    ? t('flows.versionBy', { version: flow.version, author: flow.author, at: when(flow.updated_at) })
    : t('flows.versionIs', { version: flow.version })
  if (dirty) return `${inForce}. ${t('draft.unsaved')}`
  if (draft.revision === 0) return inForce
  return `${inForce}. ${t('draft.by', { author: draft.author, at: when(draft.updated_at) })}`
}
