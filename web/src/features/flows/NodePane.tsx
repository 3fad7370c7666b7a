import { useQuery } from '@tanstack/react-query'
import { Alert, Button, Form, Input, InputNumber, Select } from 'antd'
import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import {
  extensionsQuery,
  flowsQuery,
  greetingsQuery,
  groupsQuery,
  queuesQuery,
  schedulesQuery,
} from '~/api/lists'
import { extensionName } from '~/lib/names'
import { fold } from '~/lib/phone'
import {
  DIGITS,
  exitMust,
  exits,
  exitWord,
  type Graph,
  leading,
  type Menu,
  type Node,
  removed,
  renamed,
  withNode,
} from './graph'
import { isMore } from './kinds'
import { MoreFields } from './MoreFields'
import { useFaultText } from './words'

interface Props {
  graph: Graph
  name: string | null
  faults: Record<string, { field: string; message: string }[]>
  mayEdit: boolean
  onChange: (graph: Graph) => void
  onChoose: (name: string | null) => void
}

/** The chosen node: its name, what it does, and where each way leads. All of the drawing can be done here by keys. */
export function NodePane({ graph, name, faults, mayEdit, onChange, onChoose }: Props) {
  const { t } = useTranslation()
  const faultText = useFaultText()
  const node = name === null ? undefined : graph.nodes[name]
  const whole = faults[''] ?? []
  if (!node || name === null) {
    return <p className="muted">{t('flows.choose')}</p>
  }
  const put = (next: Node) => onChange(withNode(graph, name, next))
  const rename = (to: string) => {
    const clean = fold(to)
      .replace(/[^a-z0-9_-]+/g, '-')
      .slice(0, 64)
    onChange(renamed(graph, name, clean))
    onChoose(clean in graph.nodes ? name : clean)
  }
  return (
    <Form layout="vertical" disabled={!mayEdit} style={{ marginTop: 16 }}>
      {[...whole, ...(faults[name] ?? [])].map((fault) => (
        <Alert
          key={fault.field + fault.message}
          type="error"
          showIcon
          title={faultText(fault)}
          style={{ marginBottom: 12 }}
        />
      ))}
      <Form.Item label={t('node.name')} htmlFor="node-name">
        <Input
          id="node-name"
          key={name}
          defaultValue={name}
          onBlur={(event) => event.target.value !== name && rename(event.target.value)}
          onPressEnter={(event) => event.currentTarget.blur()}
        />
      </Form.Item>
      <What node={node} put={put} />
      {exits(node).map(({ field, to }) => (
        <Form.Item key={field} label={exitName(node, field, t)}>
          <Select
            allowClear
            aria-label={exitName(node, field, t)}
            value={to || undefined}
            placeholder={t(`exit.${exitMust(node, field) ? 'choose' : `${field}_none`}`)}
            options={Object.keys(graph.nodes).map((value) => ({
              value,
              label: `${value} · ${t(`node.${graph.nodes[value]?.type}`)}`,
            }))}
            onChange={(next) => put(leading(node, field, next))}
          />
        </Form.Item>
      ))}
      <div className="row">
        {graph.start !== name && (
          <Button onClick={() => onChange({ ...graph, start: name })}>{t('node.start')}</Button>
        )}
        <Button
          danger
          disabled={!mayEdit || Object.keys(graph.nodes).length < 2}
          onClick={() => {
            onChange(removed(graph, name))
            onChoose(null)
          }}
        >
          {t('node.remove')}
        </Button>
      </div>
    </Form>
  )
}

function What({ node, put }: { node: Node; put: (node: Node) => void }) {
  const { t } = useTranslation()
  const greetings = named(useQuery(greetingsQuery).data)
  const groups = named(useQuery(groupsQuery).data)
  const queues = named(useQuery(queuesQuery).data)
  const flows = named(useQuery(flowsQuery).data)
  const schedules = named(useQuery(schedulesQuery).data)
  const extensions = (useQuery(extensionsQuery).data ?? []).map((one) => ({
    value: one.id,
    label: extensionName(one),
  }))
  const pick = (
    label: string,
    value: string | undefined,
    options: { value: string; label: string }[],
    set: (id?: string) => void,
  ) => (
    <Form.Item label={t(label)}>
      <Select
        allowClear
        aria-label={t(label)}
        showSearch={{ filterOption: (typed, option) => fold(String(option?.label)).includes(fold(typed)) }}
        value={value}
        placeholder={t('node.notChosen')}
        options={options}
        onChange={set}
      />
    </Form.Item>
  )
  if (isMore(node)) return <MoreFields node={node} put={put} />
  switch (node.type) {
    case 'play':
      return pick('node.greeting', node.greeting, greetings, (greeting) =>
        put({ ...node, greeting: greeting ?? '' }),
      )
    case 'ring_group':
      return pick('node.group', node.group, groups, (group) => put({ ...node, group: group ?? '' }))
    case 'extension':
      return pick('node.extensionOne', node.extension, extensions, (extension) =>
        put({ ...node, extension: extension ?? '' }),
      )
    case 'queue':
      return pick('node.queueOne', node.queue, queues, (queue) => put({ ...node, queue: queue ?? '' }))
    case 'flow':
      return pick('node.flowOne', node.flow, flows, (flow) => put({ ...node, flow: flow ?? '' }))
    case 'menu':
      return (
        <>
          {pick('node.greeting', node.greeting, greetings, (greeting) => put({ ...node, greeting }))}
          {pick('node.again', node.again_greeting, greetings, (again_greeting) =>
            put({ ...node, again_greeting }),
          )}
          {pick('node.invalid', node.invalid_greeting, greetings, (invalid_greeting) =>
            put({ ...node, invalid_greeting }),
          )}
          <MenuNumbers node={node} put={put} />
        </>
      )
    case 'schedule':
      return pick('node.scheduleOne', node.schedule, schedules, (schedule) =>
        put({ ...node, schedule: schedule ?? '' }),
      )
    case 'caller':
      return <p className="muted">{t('node.callerAbout')}</p>
    case 'hangup':
      return <p className="muted">{t('node.hangupAbout')}</p>
  }
}

function MenuNumbers({ node, put }: { node: Menu; put: (node: Node) => void }) {
  const { t } = useTranslation()
  const keep = (digits: string[]) =>
    put({ ...node, options: Object.fromEntries(digits.map((digit) => [digit, node.options[digit] ?? ''])) })
  return (
    <>
      <div className="row" style={{ alignItems: 'flex-start' }}>
        <Form.Item label={t('node.wait')}>
          <InputNumber
            aria-label={t('node.wait')}
            min={0.5}
            max={60}
            step={0.5}
            value={node.timeout_ms / 1000}
            suffix={t('unit.seconds')}
            onChange={(seconds) => put({ ...node, timeout_ms: Math.round((seconds ?? 5) * 1000) })}
          />
        </Form.Item>
        <Form.Item label={t('node.tries')}>
          <InputNumber
            aria-label={t('node.tries')}
            min={1}
            max={10}
            value={node.max_failures}
            onChange={(tries) => put({ ...node, max_failures: tries ?? 3 })}
          />
        </Form.Item>
      </div>
      <Form.Item label={t('node.keys')}>
        <Select
          aria-label={t('node.keys')}
          mode="multiple"
          value={Object.keys(node.options)}
          options={DIGITS.map((value) => ({ value, label: value }))}
          onChange={keep}
        />
      </Form.Item>
    </>
  )
}

function exitName(node: Node, field: string, t: TFunction) {
  if (field.startsWith('options.')) return t('exit.key', { key: field.slice(8) })
  if (field.startsWith('branches.')) return t('exit.answer', { word: field.slice(9) })
  return t(`exit.${exitWord(node, field)}`)
}

const named = (list?: { id: string; name: string }[]) =>
  (list ?? []).map(({ id, name }) => ({ value: id, label: name }))
