import { useQuery } from '@tanstack/react-query'
import { Select, Space } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { extensionsQuery, flowsQuery, greetingsQuery, groupsQuery, queuesQuery } from '~/api/lists'
import { extensionName } from '~/lib/names'
import { fold } from '~/lib/phone'

interface Target {
  kind: string
  id: string
}

const KINDS = ['flow', 'group', 'queue', 'extension', 'greeting']

interface Props {
  value?: Target | null
  onChange?: (target?: Target | null) => void
  /** Whether it may lead nowhere. */
  optional?: boolean
}

/** Where callers go: a flow, a group, a queue, an extension, or a greeting that is played. */
export function TargetPicker({ value, onChange, optional = false }: Props) {
  const { t } = useTranslation()
  const [chosen, setChosen] = useState('flow')
  const kind = value?.kind ?? chosen
  const flows = useQuery(flowsQuery).data ?? []
  const groups = useQuery(groupsQuery).data ?? []
  const queues = useQuery(queuesQuery).data ?? []
  const extensions = useQuery(extensionsQuery).data ?? []
  const greetings = useQuery(greetingsQuery).data ?? []
  const things = {
    flow: flows.map(({ id, name }) => ({ value: id, label: name })),
    group: groups.map(({ id, name }) => ({ value: id, label: name })),
    queue: queues.map(({ id, name }) => ({ value: id, label: name })),
    extension: extensions.map((one) => ({ value: one.id, label: extensionName(one) })),
    greeting: greetings.map(({ id, name }) => ({ value: id, label: name })),
  }[kind]
  return (
    <Space.Compact block>
      <Select
        style={{ width: 150 }}
        aria-label={t('hotlines.target')}
        value={kind}
        options={KINDS.map((one) => ({ value: one, label: t(`target.${one}`) }))}
        onChange={(next) => {
          setChosen(next)
          onChange?.(optional ? null : undefined)
        }}
      />
      <Select
        style={{ flex: 1 }}
        aria-label={t(`target.${kind}`)}
        showSearch={{ filterOption: (typed, option) => fold(String(option?.label)).includes(fold(typed)) }}
        value={value?.id}
        allowClear={optional}
        placeholder={optional ? t('target.none') : undefined}
        options={things}
        onChange={(id) => onChange?.(id ? { kind, id } : null)}
      />
    </Space.Compact>
  )
}
