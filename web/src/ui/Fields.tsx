import { Form, Input, InputNumber, Select, Switch } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { fold } from '~/lib/phone'

/** One field of a form, described rather than drawn. */
export interface Field {
  name: string
  /** The key of its label; `<label>Help` is its explanation, when there is one. */
  label: string
  kind: 'text' | 'password' | 'number' | 'select' | 'many' | 'words' | 'switch' | 'own'
  options?: { value: string; label: string }[]
  required?: boolean
  help?: string
  placeholder?: string
  /** For `own`: what stands in the form. */
  draw?: ReactNode
  /** Only shown while this holds for what is filled in. */
  when?: (values: Record<string, unknown>) => boolean
  min?: number
  max?: number
  suffix?: string
  disabled?: boolean
}

export function Fields({ fields }: { fields: Field[] }) {
  return fields.map((field) =>
    field.when ? (
      <Form.Item key={field.name} noStyle shouldUpdate>
        {({ getFieldsValue }) => (field.when?.(getFieldsValue(true)) ? <One field={field} /> : null)}
      </Form.Item>
    ) : (
      <One key={field.name} field={field} />
    ),
  )
}

function One({ field }: { field: Field }) {
  const { t } = useTranslation()
  const rules = field.required ? [{ required: true, message: t('form.missing') }] : []
  return (
    <Form.Item
      name={field.name}
      label={t(field.label)}
      extra={field.help ? t(field.help) : undefined}
      rules={rules}
      valuePropName={field.kind === 'switch' ? 'checked' : 'value'}
    >
      {inputOf(field)}
    </Form.Item>
  )
}

const found = (typed: string, option?: { label?: unknown }) =>
  fold(String(option?.label ?? '')).includes(fold(typed))

function inputOf({ kind, options, placeholder, draw, min, max, suffix, disabled }: Field): ReactNode {
  const search = { showSearch: { filterOption: found } }
  switch (kind) {
    case 'password':
      return <Input.Password autoComplete="new-password" placeholder={placeholder} />
    case 'number':
      return <InputNumber min={min} max={max} suffix={suffix} style={{ width: 160 }} />
    case 'select':
      return <Select options={options} allowClear={!disabled} disabled={disabled} {...search} />
    case 'many':
      return <Select mode="multiple" options={options} {...search} />
    case 'words':
      return (
        <Select
          mode="tags"
          tokenSeparators={[',', ' ', ';']}
          placeholder={placeholder}
          suffixIcon={null}
          open={false}
        />
      )
    case 'switch':
      return <Switch />
    case 'own':
      return draw
    default:
      return <Input placeholder={placeholder} disabled={disabled} />
  }
}
