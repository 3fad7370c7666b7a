import { useQuery } from '@tanstack/react-query'
import { InputNumber, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import type { Schema } from '~/api/client'
import { extensionsQuery } from '~/api/lists'
import { extensionName, useNames } from '~/lib/names'
import { fold } from '~/lib/phone'

export type Member = Schema['RingMember']

interface Props {
  value?: Member[]
  onChange?: (members: Member[]) => void
  /** Whether all ring together, so that some can join later. */
  together: boolean
}

/** Who rings, in order, each with the times it has of its own. */
export function Members({ value = [], onChange, together }: Props) {
  const { t } = useTranslation()
  const names = useNames()
  const extensions = useQuery(extensionsQuery).data ?? []
  const choose = (ids: string[]) =>
    onChange?.(
      ids.map(
        (id) => value.find((one) => one.extension === id) ?? { extension: id, delay_ms: 0, ring_ms: null },
      ),
    )
  const change = (id: string, times: Partial<Member>) =>
    onChange?.(value.map((one) => (one.extension === id ? { ...one, ...times } : one)))
  return (
    <>
      <Select
        mode="multiple"
        style={{ width: '100%' }}
        aria-label={t('groups.members')}
        value={value.map((one) => one.extension)}
        options={extensions.map((one) => ({ value: one.id, label: extensionName(one) }))}
        showSearch={{ filterOption: (typed, option) => fold(String(option?.label)).includes(fold(typed)) }}
        onChange={choose}
      />
      {value.map((one) => (
        <div key={one.extension} className="row between" style={{ marginTop: 8 }}>
          <span>{names.of(one.extension)}</span>
          <span className="row">
            {together && (
              <InputNumber
                aria-label={`${t('groups.delay')} ${names.of(one.extension)}`}
                prefix={t('groups.delay')}
                suffix={t('unit.seconds')}
                style={{ width: 170 }}
                min={0}
                max={600}
                value={(one.delay_ms ?? 0) / 1000}
                onChange={(s) => change(one.extension, { delay_ms: Math.round((s ?? 0) * 1000) })}
              />
            )}
            <InputNumber
              aria-label={`${t('groups.ring')} ${names.of(one.extension)}`}
              prefix={t('groups.own')}
              suffix={t('unit.seconds')}
              style={{ width: 150 }}
              min={1}
              max={600}
              value={one.ring_ms ? one.ring_ms / 1000 : null}
              onChange={(s) => change(one.extension, { ring_ms: s ? Math.round(s * 1000) : null })}
            />
          </span>
        </div>
      ))}
    </>
  )
}
