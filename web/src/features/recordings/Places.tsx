import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Button, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import type { Schema } from '~/api/client'
import { extensionsQuery, hotlinesQuery, queuesQuery } from '~/api/lists'
import { extensionName, hotlineName } from '~/lib/names'
import { fold } from '~/lib/phone'
import { RULES } from './Recordings'

type Rule = Schema['RecordingPlaceRule']

interface Props {
  value?: Rule[]
  onChange?: (rules: Rule[]) => void
  id?: string
}

/** The hotlines, queues and extensions with rules of their own. */
export function Places({ value = [], onChange, id }: Props) {
  const { t } = useTranslation()
  const groups = [
    {
      kind: 'extension',
      of: useQuery(extensionsQuery).data?.map((one) => option(one.id, extensionName(one))),
    },
    { kind: 'queue', of: useQuery(queuesQuery).data?.map((one) => option(one.id, one.name)) },
    { kind: 'hotline', of: useQuery(hotlinesQuery).data?.map((one) => option(one.id, hotlineName(one))) },
  ]
  const taken = new Set(value.map(({ place }) => place))
  const options = (own: string) =>
    groups.map(({ kind, of = [] }) => ({
      label: t(`recordings.${kind}`),
      options: of.filter((one) => one.value === own || !taken.has(one.value)),
    }))
  const change = (at: number, part: Partial<Rule>) =>
    onChange?.(value.map((one, place) => (place === at ? { ...one, ...part } : one)))
  return (
    <div id={id}>
      {value.map((one, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the list is edited in place
        <div key={at} className="row" style={{ marginBottom: 8, flexWrap: 'nowrap' }}>
          <Select
            style={{ flex: 1, minWidth: 0 }}
            aria-label={t('recordings.place')}
            placeholder={t('recordings.place')}
            value={one.place || undefined}
            options={options(one.place)}
            showSearch={{
              filterOption: (typed, found) => fold(String(found?.label ?? '')).includes(fold(typed)),
            }}
            onChange={(place) => change(at, { place })}
          />
          <Select
            style={{ width: 150 }}
            aria-label={t('recordings.rule')}
            value={one.rule}
            options={RULES.map((rule) => ({ value: rule, label: t(`recordings.short_${rule}`) }))}
            onChange={(rule) => change(at, { rule })}
          />
          <Button
            type="text"
            icon={<DeleteOutlined />}
            aria-label={t('recordings.drop')}
            onClick={() => onChange?.(value.filter((_, place) => place !== at))}
          />
        </div>
      ))}
      <Button icon={<PlusOutlined />} onClick={() => onChange?.([...value, { place: '', rule: 'always' }])}>
        {t('recordings.addPlace')}
      </Button>
    </div>
  )
}

const option = (value: string, label: string) => ({ value, label })
