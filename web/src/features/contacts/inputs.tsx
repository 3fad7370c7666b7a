import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Button, Input, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { labelsQuery } from './queries'

// The fields of a contact that are lists.

const KINDS = ['personal', 'home', 'office']

export interface Way {
  value: string
  kind: string
}

interface WaysProps {
  value?: Way[]
  onChange?: (value: Way[]) => void
  add: string
  name: string
  placeholder: string
  mode: 'tel' | 'email'
}

/** Numbers or addresses, each with where it belongs. */
export function Ways({ value = [], onChange, add, name, placeholder, mode }: WaysProps) {
  const { t } = useTranslation()
  const put = (place: number, part: Partial<Way>) =>
    onChange?.(value.map((way, at) => (at === place ? { ...way, ...part } : way)))
  return (
    <div className="ways">
      {value.map((way, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the place is what tells two of them apart
        <div className="way-row" key={place}>
          <Input
            value={way.value}
            inputMode={mode}
            placeholder={placeholder}
            aria-label={`${name} ${place + 1}`}
            onChange={(event) => put(place, { value: event.target.value })}
          />
          <Select
            value={way.kind}
            style={{ width: 120 }}
            aria-label={t('contacts.kind')}
            options={KINDS.map((kind) => ({ value: kind, label: t(`contacts.kind_${kind}`) }))}
            onChange={(kind) => put(place, { kind })}
          />
          <Button
            type="text"
            icon={<DeleteOutlined />}
            aria-label={t('form.remove')}
            onClick={() => onChange?.(value.filter((_, at) => at !== place))}
          />
        </div>
      ))}
      <Button
        size="small"
        icon={<PlusOutlined />}
        onClick={() => onChange?.([...value, { value: '', kind: 'personal' }])}
      >
        {add}
      </Button>
    </div>
  )
}

export type Pair = [name: string, value: string]

/** More facts by their names. */
export function Pairs({ value = [], onChange }: { value?: Pair[]; onChange?: (value: Pair[]) => void }) {
  const { t } = useTranslation()
  const put = (place: number, pair: Pair) =>
    onChange?.(value.map((known, at) => (at === place ? pair : known)))
  return (
    <div className="ways">
      {value.map(([name, text], place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the place is what tells two of them apart
        <div className="way-row" key={place}>
          <Input
            value={name}
            style={{ maxWidth: 150 }}
            placeholder={t('contacts.fieldName')}
            aria-label={t('contacts.fieldName')}
            onChange={(event) => put(place, [event.target.value, text])}
          />
          <Input
            value={text}
            placeholder={t('contacts.fieldValue')}
            aria-label={name || t('contacts.fieldValue')}
            onChange={(event) => put(place, [name, event.target.value])}
          />
          <Button
            type="text"
            icon={<DeleteOutlined />}
            aria-label={t('form.remove')}
            onClick={() => onChange?.(value.filter((_, at) => at !== place))}
          />
        </div>
      ))}
      <Button size="small" icon={<PlusOutlined />} onClick={() => onChange?.([...value, ['', '']])}>
        {t('contacts.addField')}
      </Button>
    </div>
  )
}

/** Labels: those in use are offered, new ones are typed. */
export function LabelsInput({ value, onChange }: { value?: string[]; onChange?: (value: string[]) => void }) {
  const { t } = useTranslation()
  const known = useQuery(labelsQuery).data ?? []
  return (
    <Select
      mode="tags"
      value={value}
      aria-label={t('contacts.labels')}
      tokenSeparators={[',', ';']}
      options={known.map(({ label }) => ({ value: label, label }))}
      onChange={onChange}
    />
  )
}
