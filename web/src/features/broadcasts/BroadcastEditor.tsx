import { useQuery } from '@tanstack/react-query'
import { DatePicker, Input } from 'antd'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { client, unwrap } from '~/api/client'
import { hotlinesQuery, schedulesQuery } from '~/api/lists'
import { hotlineName } from '~/lib/names'
import { Editor } from '~/ui/Editor'
import type { Field } from '~/ui/Fields'
import { useSaver } from '~/ui/useSaver'
import { bodyOf, type Filled } from './form'
import { Parts } from './Parts'

const VOICES = ['northern_woman', 'northern_man', 'southern_woman', 'english']

/** A new broadcast. One that was ordered is not changed any more, only called off. */
export function BroadcastEditor({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  const saver = useSaver('broadcasts')
  const hotlines = useQuery(hotlinesQuery).data ?? []
  const schedules = useQuery(schedulesQuery).data ?? []
  const speaks = (values: Record<string, unknown>) =>
    ((values.parts as Filled['parts'] | undefined) ?? []).some(({ kind }) => kind === 'text')
  const fields: Field[] = [
    {
      name: 'name',
      label: 'broadcasts.name',
      kind: 'text',
      required: true,
      placeholder: t('broadcasts.nameHint'),
    },
    {
      name: 'numbers',
      label: 'broadcasts.numbers',
      kind: 'own',
      required: true,
      help: 'broadcasts.numbersHelp',
      draw: <Input.TextArea autoSize={{ minRows: 3, maxRows: 12 }} placeholder={'0901 234 567\n101'} />,
    },
    {
      name: 'parts',
      label: 'broadcasts.parts',
      kind: 'own',
      required: true,
      help: 'broadcasts.partsHelp',
      draw: <Parts />,
    },
    {
      name: 'voice',
      label: 'broadcasts.voice',
      kind: 'select',
      when: speaks,
      options: VOICES.map((value) => ({ value, label: t(`broadcasts.voice_${value}`) })),
    },
    { name: 'times', label: 'broadcasts.times', kind: 'number', min: 1, max: 10 },
    {
      name: 'hotline',
      label: 'broadcasts.hotline',
      kind: 'select',
      help: 'broadcasts.hotlineHelp',
      options: hotlines.map((one) => ({ value: one.id, label: hotlineName(one) })),
    },
    {
      name: 'starts_at',
      label: 'broadcasts.startsAt',
      kind: 'own',
      help: 'broadcasts.startsAtHelp',
      draw: <DatePicker showTime={{ format: 'HH:mm' }} format="DD/MM/YYYY HH:mm" />,
    },
    {
      name: 'schedule',
      label: 'broadcasts.schedule',
      kind: 'select',
      help: 'broadcasts.scheduleHelp',
      options: schedules.map(({ id, name }) => ({ value: id, label: name })),
    },
    {
      name: 'retries',
      label: 'broadcasts.retries',
      kind: 'number',
      min: 0,
      max: 10,
      help: 'broadcasts.retriesHelp',
    },
    {
      name: 'retry_min',
      label: 'broadcasts.retryGap',
      kind: 'number',
      min: 0,
      max: 1440,
      suffix: t('broadcasts.minutes'),
      when: (values) => Number(values.retries ?? 0) > 0,
    },
    { name: 'at_once', label: 'broadcasts.atOnce', kind: 'number', min: 1, max: 100 },
  ]
  const values = useMemo(
    () => ({
      parts: [{ kind: 'greeting', greeting: '' }],
      voice: 'northern_woman',
      times: 1,
      retries: 0,
      retry_min: 5,
      at_once: 15,
    }),
    [],
  )
  const save = async (filled: Record<string, unknown>) => {
    await saver(unwrap(client.POST('/api/v1/broadcasts', { body: bodyOf(filled as unknown as Filled) })))
  }
  return (
    <Editor
      open={open}
      title={t('broadcasts.add')}
      fields={fields}
      values={values}
      save={save}
      onClose={onClose}
    />
  )
}
