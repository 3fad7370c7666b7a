import {
  AppstoreOutlined,
  BranchesOutlined,
  ClockCircleOutlined,
  CloudOutlined,
  ClusterOutlined,
  ContactsOutlined,
  EditOutlined,
  GlobalOutlined,
  MessageOutlined,
  NumberOutlined,
  PercentageOutlined,
  PhoneOutlined,
  SoundOutlined,
  StarOutlined,
  StopOutlined,
  TeamOutlined,
  UserOutlined,
} from '@ant-design/icons'
import { type Node as FlowNode, Handle, type NodeProps, Position } from '@xyflow/react'
import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import { useNames } from '~/lib/names'
import { exits, exitWord, type Node } from './graph'
import { isMore } from './kinds'
import { useFaultText } from './words'

export type Card = FlowNode<
  { node: Node; start: boolean; walked: boolean; faults: { field: string; message: string }[] },
  'card'
>

const ICONS = {
  menu: <AppstoreOutlined />,
  play: <SoundOutlined />,
  ring_group: <ClusterOutlined />,
  extension: <PhoneOutlined />,
  queue: <TeamOutlined />,
  flow: <BranchesOutlined />,
  schedule: <ClockCircleOutlined />,
  caller: <UserOutlined />,
  say: <MessageOutlined />,
  collect: <NumberOutlined />,
  dial_extension: <PhoneOutlined />,
  rate: <StarOutlined />,
  language: <GlobalOutlined />,
  set: <EditOutlined />,
  compare: <PercentageOutlined />,
  lookup: <CloudOutlined />,
  contact: <ContactsOutlined />,
  owner: <UserOutlined />,
  hangup: <StopOutlined />,
}

/** One place of a flow: what it does, its ways out, and what is wrong with it. */
export function NodeCard({ id, data, selected }: NodeProps<Card>) {
  const { t } = useTranslation()
  const faultText = useFaultText()
  const { node, start, faults, walked } = data
  const classes = ['flow-node', selected && 'selected', faults.length > 0 && 'wrong', walked && 'walked']
  return (
    <div className={classes.filter(Boolean).join(' ')}>
      <Handle type="target" position={Position.Left} style={{ top: 20 }} />
      <div className="flow-head">
        {ICONS[node.type]} {t(`node.${node.type}`)}
        <code>{start ? `▶ ${id}` : id}</code>
      </div>
      <What node={node} />
      {exits(node).map(({ field }) => (
        <div className="flow-exit" key={field}>
          {exitName(node, field, t)}
          <Handle type="source" position={Position.Right} id={field} />
        </div>
      ))}
      {faults[0] && <div className="flow-fault">{faultText(faults[0])}</div>}
    </div>
  )
}

function exitName(node: Node, field: string, t: TFunction) {
  if (field.startsWith('options.')) return t('exit.key', { key: field.slice(8) })
  if (field.startsWith('branches.')) return t('exit.answer', { word: field.slice(9) })
  return t(`exit.${exitWord(node, field)}`)
}

function What({ node }: { node: Node }) {
  const { t } = useTranslation()
  const names = useNames()
  const named = (id?: string) => (id ? names.of(id) : t('node.notChosen'))
  if (isMore(node)) {
    const told = [node.variable, node.text, node.value, node.url, node.language].filter(Boolean).join(' · ')
    return <div className="flow-what">{told || t(`more.${node.type}About`)}</div>
  }
  const text = {
    play: () => named('greeting' in node ? node.greeting : undefined),
    menu: () => ('greeting' in node && node.greeting ? names.of(node.greeting) : t('node.silent')),
    ring_group: () => named('group' in node ? node.group : undefined),
    extension: () => named('extension' in node ? node.extension : undefined),
    queue: () => named('queue' in node ? node.queue : undefined),
    flow: () => named('flow' in node ? node.flow : undefined),
    schedule: () => named('schedule' in node ? node.schedule : undefined),
    caller: () => t('node.callerAbout'),
    hangup: () => t(`cause.${('cause' in node && node.cause) || 'flow_ended'}`),
  }[node.type]
  return <div className="flow-what">{text()}</div>
}
