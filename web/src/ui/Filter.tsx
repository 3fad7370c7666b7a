import { SearchOutlined } from '@ant-design/icons'
import { Input, type InputProps, Select } from 'antd'
import { useEffect, useState } from 'react'
import { fold } from '~/lib/phone'

// What narrows a list; the list's address keeps it.

const TYPING_MS = 300
/** From so many options on one may type to find one. */
const MANY = 8

/** A search with a part of it changed; what is empty is left out. */
export function withPart<T extends object>(search: T, part: Partial<T>): T {
  return Object.fromEntries(Object.entries({ ...search, ...part }).filter(([, value]) => value)) as T
}

interface PickProps {
  label: string
  value: string | undefined
  options: { value: string; label: string }[]
  onChange: (value?: string) => void
}

/** One of several, or none. */
export function FilterPick({ label, ...props }: PickProps) {
  const found = (typed: string, option?: { label?: unknown }) =>
    fold(String(option?.label)).includes(fold(typed))
  return (
    <Select
      allowClear
      showSearch={props.options.length > MANY ? { filterOption: found } : false}
      popupMatchSelectWidth={false}
      style={{ minWidth: 132 }}
      placeholder={label}
      aria-label={label}
      {...props}
    />
  )
}

interface TextProps {
  label: string
  value: string
  width: number
  inputMode?: InputProps['inputMode']
  onChange: (value: string) => void
}

/** A text; the list follows when the typing rests. */
export function FilterText({ label, value, width, inputMode, onChange }: TextProps) {
  const [text, setText] = useState(value)
  useEffect(() => setText(value), [value])
  // biome-ignore lint/correctness/useExhaustiveDependencies: only typing starts the wait anew
  useEffect(() => {
    if (text.trim() === value) return
    const timer = setTimeout(() => onChange(text.trim()), TYPING_MS)
    return () => clearTimeout(timer)
  }, [text])
  return (
    <Input
      allowClear
      inputMode={inputMode}
      prefix={<SearchOutlined />}
      style={{ width }}
      placeholder={label}
      aria-label={label}
      value={text}
      onChange={(event) => setText(event.target.value)}
    />
  )
}
