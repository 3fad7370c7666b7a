import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Button, Input, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import type { Schema } from '~/api/client'
import { flowsQuery, greetingsQuery } from '~/api/lists'

type Part = Schema['BroadcastPart']

const NEW: Record<Part['kind'], Part> = {
  greeting: { kind: 'greeting', greeting: '' },
  text: { kind: 'text', text: '' },
  flow: { kind: 'flow', flow: '' },
}
const KINDS: Part['kind'][] = ['greeting', 'text', 'flow']

interface Props {
  value?: Part[]
  onChange?: (parts: Part[]) => void
}

/** What is told, piece by piece: sounds, texts that are spoken, and at the end perhaps a flow. */
export function Parts({ value = [], onChange }: Props) {
  const { t } = useTranslation()
  const put = (at: number, part: Part) => onChange?.(value.map((one, place) => (place === at ? part : one)))
  return (
    <div className="parts">
      {value.map((part, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a piece is told by its place
        <div key={at} className="row" style={{ alignItems: 'flex-start', marginBottom: 8 }}>
          <Select
            style={{ width: 120 }}
            aria-label={t('broadcasts.partKind')}
            value={part.kind}
            options={KINDS.map((kind) => ({ value: kind, label: t(`broadcasts.part_${kind}`) }))}
            onChange={(kind) => put(at, NEW[kind])}
          />
          <PartValue part={part} onChange={(changed) => put(at, changed)} />
          <Button
            type="text"
            icon={<DeleteOutlined />}
            aria-label={t('form.remove')}
            onClick={() => onChange?.(value.filter((_, place) => place !== at))}
          />
        </div>
      ))}
      <Button icon={<PlusOutlined />} onClick={() => onChange?.([...value, NEW.greeting])}>
        {t('broadcasts.partAdd')}
      </Button>
    </div>
  )
}

function PartValue({ part, onChange }: { part: Part; onChange: (part: Part) => void }) {
  const { t } = useTranslation()
  const greetings = useQuery(greetingsQuery).data ?? []
  const flows = useQuery(flowsQuery).data ?? []
  const label = t(`broadcasts.part_${part.kind}`)
  const of = (things: { id: string; name: string }[]) =>
    things.map(({ id, name }) => ({ value: id, label: name }))
  if (part.kind === 'text')
    return (
      <Input.TextArea
        style={{ flex: 1 }}
        aria-label={label}
        autoSize={{ minRows: 2, maxRows: 6 }}
        maxLength={300}
        placeholder={t('broadcasts.textHint')}
        value={part.text}
        onChange={({ target }) => onChange({ kind: 'text', text: target.value })}
      />
    )
  const [id, things] = part.kind === 'greeting' ? [part.greeting, of(greetings)] : [part.flow, of(flows)]
  return (
    <Select
      style={{ flex: 1, minWidth: 0 }}
      aria-label={label}
      value={id || undefined}
      options={things}
      onChange={(chosen) =>
        onChange(
          part.kind === 'greeting' ? { kind: 'greeting', greeting: chosen } : { kind: 'flow', flow: chosen },
        )
      }
    />
  )
}
