import { useQuery } from '@tanstack/react-query'
import { Form, Input, InputNumber, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { greetingsQuery } from '~/api/lists'
import { fold } from '~/lib/phone'
import { MORE, type More, type NodeField } from './kinds'

/** The fields of a described step. */
export function MoreFields({ node, put }: { node: More; put: (node: More) => void }) {
  const { t } = useTranslation()
  return (
    <>
      <p className="muted">{t(`more.${node.type}About`)}</p>
      {MORE[node.type].fields.map((field) => (
        <Form.Item key={field.name} label={t(`more.${field.name}`)} required={field.required ?? false}>
          <One
            field={field}
            value={node[field.name]}
            set={(value) => put({ ...node, [field.name]: value })}
          />
        </Form.Item>
      ))}
    </>
  )
}

function One({ field, value, set }: { field: NodeField; value: unknown; set: (value: unknown) => void }) {
  const { t } = useTranslation()
  const greetings = useQuery(greetingsQuery).data ?? []
  const label = t(`more.${field.name}`)
  const bounds = { min: field.min ?? 0, max: field.max ?? 100 }
  switch (field.kind) {
    case 'text':
      return (
        <Input aria-label={label} value={String(value ?? '')} onChange={(event) => set(event.target.value)} />
      )
    case 'long':
      return (
        <Input.TextArea
          aria-label={label}
          rows={3}
          maxLength={300}
          value={String(value ?? '')}
          onChange={(event) => set(event.target.value)}
        />
      )
    case 'number':
      return (
        <InputNumber
          aria-label={label}
          {...bounds}
          value={Number(value ?? bounds.min)}
          onChange={(next) => set(next ?? bounds.min)}
        />
      )
    case 'time':
      return (
        <InputNumber
          aria-label={label}
          {...bounds}
          step={0.5}
          suffix={t('unit.seconds')}
          value={Number(value ?? 5000) / 1000}
          onChange={(next) => set(Math.round((next ?? bounds.min) * 1000))}
        />
      )
    case 'greeting':
      return (
        <Select
          allowClear
          aria-label={label}
          showSearch={{ filterOption: (typed, option) => fold(String(option?.label)).includes(fold(typed)) }}
          placeholder={t('node.notChosen')}
          value={(value as string | undefined) || undefined}
          options={greetings.map(({ id, name }) => ({ value: id, label: name }))}
          onChange={set}
        />
      )
    case 'choice':
      return (
        <Select
          allowClear={!field.required}
          aria-label={label}
          value={value as string | undefined}
          options={field.choices?.map((one) => ({ value: one, label: t(`more.choice_${one}`, one) }))}
          onChange={set}
        />
      )
    case 'words': {
      const leads = (value ?? {}) as Record<string, string>
      return (
        <Select
          mode="tags"
          open={false}
          suffixIcon={null}
          aria-label={label}
          value={Object.keys(leads)}
          onChange={(words: string[]) =>
            set(Object.fromEntries(words.map((word) => [word, leads[word] ?? ''])))
          }
        />
      )
    }
  }
}
