import { ArrowLeftOutlined } from '@ant-design/icons'
import { Link, useBlocker, useNavigate } from '@tanstack/react-router'
import { App, Button, Segmented } from 'antd'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client, Problem, type Schema, unwrap } from '~/api/client'
import { useMay } from '~/lib/me'
import { problemText } from '~/lib/problem'
import { Page } from '~/ui/Page'
import { useSaver } from '~/ui/useSaver'
import { Canvas } from './Canvas'
import { faultsByNode, forApi, type Graph, graphOf, missing } from './graph'
import { NodePane } from './NodePane'
import { Simulator } from './Simulator'

type Flow = Schema['Flow']

/** The editor: the drawing on the left, on the right the chosen node or the simulator. */
export function FlowEditor({ flow, reload }: { flow: Flow; reload: () => void }) {
  const { t } = useTranslation()
  const mayEdit = useMay('edit_config')
  const [graph, setGraph] = useState(graphOf(flow))
  const [chosen, setChosen] = useState<string | null>(graph.start)
  const [pane, setPane] = useState('node')
  const [said, setSaid] = useState<{ name: string; message: string }[]>([])
  const [walked, setWalked] = useState<string[]>([])
  const dirty = graph !== graphOf(flow)
  useBlocker({
    shouldBlockFn: () => dirty && !window.confirm(t('form.unsavedAbout')),
    enableBeforeUnload: dirty,
  })
  const faults = useMemo(() => faultsByNode([...missing(graph), ...said]), [graph, said])
  const change = (next: Graph) => {
    setSaid([])
    setWalked([])
    setGraph(next)
  }
  return (
    <Page
      title={
        <span className="row">
          <Link to="/flows" aria-label={t('menu.flows')}>
            <ArrowLeftOutlined />
          </Link>
          {flow.name}
        </span>
      }
      about={t('flows.versionIs', { version: flow.version })}
      actions={
        mayEdit && <Actions flow={flow} graph={graph} dirty={dirty} onSaid={setSaid} onSaved={reload} />
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
        <aside className="flow-pane">
          <Segmented
            block
            value={pane}
            onChange={setPane}
            options={['node', 'walk'].map((value) => ({ value, label: t(`flows.pane_${value}`) }))}
          />
          {pane === 'node' ? (
            <NodePane
              graph={graph}
              name={chosen}
              faults={faults}
              mayEdit={mayEdit}
              onChange={change}
              onChoose={setChosen}
            />
          ) : (
            <Simulator graph={graph} onSaid={setSaid} onWalked={setWalked} />
          )}
        </aside>
      </div>
    </Page>
  )
}

interface ActionsProps {
  flow: Flow
  graph: Graph
  dirty: boolean
  onSaid: (said: { name: string; message: string }[]) => void
  onSaved: () => void
}

function Actions({ flow, graph, dirty, onSaid, onSaved }: ActionsProps) {
  const { t } = useTranslation()
  const { message, modal } = App.useApp()
  const navigate = useNavigate()
  const saver = useSaver('flows')
  const [busy, setBusy] = useState(false)
  const params = { path: { flow_id: flow.id } }
  const save = async () => {
    setBusy(true)
    try {
      // The version keeps us from writing over what somebody else changed meanwhile.
      const body = { graph: forApi(graph), version: flow.version }
      await saver(unwrap(client.PATCH('/api/v1/flows/{flow_id}', { params, body })))
      message.success(t('flows.published'))
      onSaved()
    } catch (error) {
      if (error instanceof Problem) onSaid(error.fields)
      message.error(problemText(error, t))
    } finally {
      setBusy(false)
    }
  }
  const remove = () =>
    modal.confirm({
      title: t('flows.removeAsk', { name: flow.name }),
      content: t('flows.removeEffect'),
      okText: t('form.remove'),
      okButtonProps: { danger: true },
      onOk: () =>
        saver(unwrap(client.DELETE('/api/v1/flows/{flow_id}', { params })))
          .then(() => navigate({ to: '/flows', ignoreBlocker: true }))
          .catch((error) => void message.error(problemText(error, t))),
    })
  return (
    <>
      <Button danger type="text" onClick={remove}>
        {t('form.remove')}
      </Button>
      <Button type="primary" loading={busy} disabled={!dirty} onClick={save}>
        {t('flows.publish')}
      </Button>
    </>
  )
}
