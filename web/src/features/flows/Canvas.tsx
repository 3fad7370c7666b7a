import '@xyflow/react/dist/style.css'
import { PlusOutlined } from '@ant-design/icons'
import { Background, type Connection, Controls, type Edge, MarkerType, Panel, ReactFlow } from '@xyflow/react'
import { Button, Dropdown } from 'antd'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useLook } from '~/lib/theme'
import { added, exits, type Graph, KINDS, leading, withNode } from './graph'
import { layout } from './layout'
import { type Card, NodeCard } from './NodeCard'

interface Props {
  graph: Graph
  chosen: string | null
  faults: Record<string, { field: string; message: string }[]>
  walked: string[]
  mayEdit: boolean
  onChange: (graph: Graph) => void
  onChoose: (name: string | null) => void
}

const TYPES = { card: NodeCard }

/** The graph as a drawing: drag from a way out to a node to lead there. */
export function Canvas(props: Props) {
  const { graph, chosen, faults, walked, mayEdit, onChange, onChoose } = props
  const { t } = useTranslation()
  const { dark } = useLook()
  const nodes = useMemo(() => {
    const places = layout(graph)
    return Object.entries(graph.nodes).map(
      ([name, node]): Card => ({
        id: name,
        type: 'card',
        position: places[name] ?? { x: 0, y: 0 },
        data: {
          node,
          start: graph.start === name,
          faults: faults[name] ?? [],
          walked: walked.includes(name),
        },
        selected: name === chosen,
        draggable: false,
      }),
    )
  }, [graph, chosen, faults, walked])
  const edges = useMemo(() => edgesOf(graph, walked), [graph, walked])
  const connect = ({ source, sourceHandle, target }: Connection) => {
    const node = graph.nodes[source]
    if (node && sourceHandle) onChange(withNode(graph, source, leading(node, sourceHandle, target)))
  }
  const cut = (gone: Edge[]) =>
    onChange(
      gone.reduce((next, { source, sourceHandle }) => {
        const node = next.nodes[source]
        return node && sourceHandle ? withNode(next, source, leading(node, sourceHandle, undefined)) : next
      }, graph),
    )
  return (
    <div className="canvas">
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={TYPES}
        colorMode={dark ? 'dark' : 'light'}
        fitView
        fitViewOptions={{ maxZoom: 1, padding: 0.12 }}
        minZoom={0.2}
        nodesConnectable={mayEdit}
        deleteKeyCode={mayEdit ? 'Delete' : null}
        onConnect={connect}
        onEdgesDelete={cut}
        onNodeClick={(_, node) => onChoose(node.id)}
        onBeforeDelete={async ({ edges }) => ({ nodes: [], edges })}
        ariaLabelConfig={{
          'node.a11yDescription.default': t('flows.nodeHelp'),
          'edge.a11yDescription.default': t('flows.edgeHelp'),
        }}
      >
        <Background gap={22} />
        <Controls showInteractive={false} />
        {mayEdit && (
          <Panel position="top-left">
            <Add
              onAdd={(kind) => {
                const next = added(graph, kind)
                onChange(next.graph)
                onChoose(next.name)
              }}
            />
          </Panel>
        )}
      </ReactFlow>
    </div>
  )
}

function Add({ onAdd }: { onAdd: (kind: (typeof KINDS)[number]) => void }) {
  const { t } = useTranslation()
  const items = KINDS.map((key) => ({ key, label: t(`node.${key}`), onClick: () => onAdd(key) }))
  return (
    <Dropdown menu={{ items }} trigger={['click']}>
      <Button icon={<PlusOutlined />}>{t('flows.addNode')}</Button>
    </Dropdown>
  )
}

function edgesOf(graph: Graph, walked: string[]): Edge[] {
  return Object.entries(graph.nodes).flatMap(([source, node]) =>
    exits(node).flatMap(({ field, to }) =>
      to && to in graph.nodes
        ? [
            {
              id: `${source}-${field}`,
              source,
              sourceHandle: field,
              target: to,
              type: 'smoothstep',
              markerEnd: { type: MarkerType.ArrowClosed },
              animated: walked.includes(source) && walked.includes(to),
            },
          ]
        : [],
    ),
  )
}
