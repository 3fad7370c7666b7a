import { useQuery } from '@tanstack/react-query'
import { Select, Space } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { extensionsQuery, flowsQuery, groupsQuery } from '~/api/lists'
import { extensionName } from '~/lib/names'
import { fold } from '~/lib/phone'

interface Target {
  kind: string
  id: string
}

const KINDS = ['flow', 'group', 'extension']

/** Where callers go: a flow, a group or an extension. */
export function TargetPicker({ value, onChange }: { value?: Target; onChange?: (target?: Target) => void }) {
  const { t } = useTranslation()
  const [chosen, setChosen] = useState('flow')
  const kind = value?.kind ?? chosen
  const flows = useQuery(flowsQuery).data ?? []
  const groups = useQuery(groupsQuery).data ?? []
  const extensions = useQuery(extensionsQuery).data ?? []
  const things = {
    flow: flows.map(({ id, name }) => ({ value: id, label: name })),
    group: groups.map(({ id, name }) => ({ value: id, label: name })),
    extension: extensions.map((one) => ({ value: one.id, label: extensionName(one) })),
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
          onChange?.(undefined)
        }}
      />
      <Select
        style={{ flex: 1 }}
        aria-label={t(`target.${kind}`)}
        showSearch={{ filterOption: (typed, option) => fold(String(option?.label)).includes(fold(typed)) }}
        value={value?.id}
        options={things}
        onChange={(id) => onChange?.({ kind, id })}
      />
    </Space.Compact>
  )
}
