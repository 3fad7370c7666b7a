import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { client, type Schema, unwrap } from '~/api/client'
import { extensionsQuery, flowsQuery, greetingsQuery } from '~/api/lists'
import { useMay } from '~/lib/me'
import { extensionName } from '~/lib/names'
import { Editor } from '~/ui/Editor'
import type { Field } from '~/ui/Fields'
import { TargetPicker } from '~/ui/TargetPicker'
import { useSaver } from '~/ui/useSaver'
import { Callbacks } from './Callbacks'
import { fromForm, toForm } from './form'

type Queue = Schema['Queue']

const STRATEGIES = ['longest_idle', 'round_robin', 'least_calls', 'ring_all'] as const

const KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '0'] as const

const announces = (values: Record<string, unknown>) => Number(values.announce_every_s) > 0
const callsBack = (values: Record<string, unknown>) => Boolean(values.callback_key)

interface Props {
  row: Queue | null
  open: boolean
  onClose: () => void
}

export function QueueEditor({ row, open, onClose }: Props) {
  const { t } = useTranslation()
  const saver = useSaver('queues')
  const mayEdit = useMay('edit_config')
  const fields = useFields()
  const values = useMemo(() => toForm(row), [row])
  const save = async (filled: Record<string, unknown>) => {
    const body = fromForm(filled, row)
    const params = { path: { queue_id: row?.id ?? '' } }
    await saver(
      row
        ? unwrap(client.PATCH('/api/v1/queues/{queue_id}', { params, body }))
        : unwrap(client.POST('/api/v1/queues', { body })),
    )
  }
  const remove = row && {
    question: t('queues.removeAsk', { name: row.name }),
    effect: t('queues.removeEffect'),
    run: () =>
      saver(unwrap(client.DELETE('/api/v1/queues/{queue_id}', { params: { path: { queue_id: row.id } } }))),
  }
  return (
    <Editor
      open={open}
      title={row?.name ?? t('queues.add')}
      fields={fields}
      values={values}
      save={mayEdit ? save : undefined}
      remove={remove ?? undefined}
      onClose={onClose}
    >
      {row && <Callbacks queue={row.id} />}
    </Editor>
  )
}

function useFields(): Field[] {
  const { t } = useTranslation()
  const extensions = useQuery(extensionsQuery).data ?? []
  const greetings = useQuery(greetingsQuery).data ?? []
  const agents = extensions.map((one) => ({ value: one.id, label: extensionName(one) }))
  const flows = (useQuery(flowsQuery).data ?? []).map(({ id, name }) => ({ value: id, label: name }))
  const sounds = greetings.map(({ id, name }) => ({ value: id, label: name }))
  const seconds = (name: string, min: number, max: number): Field => ({
    name,
    label: `queues.${name}`,
    kind: 'number',
    min,
    max,
    suffix: t('unit.seconds'),
  })
  return [
    { name: 'name', label: 'queues.name', kind: 'text', required: true, placeholder: t('queues.nameHint') },
    { name: 'number', label: 'queues.number', kind: 'text', help: 'queues.numberHelp' },
    { name: 'agents', label: 'queues.members', kind: 'many', options: agents },
    {
      name: 'strategy',
      label: 'queues.strategy',
      kind: 'select',
      required: true,
      options: STRATEGIES.map((value) => ({ value, label: t(`queues.${value}`) })),
    },
    seconds('offer_s', 3, 600),
    seconds('wrap_up_s', 0, 3600),
    seconds('max_wait_s', 1, 14_400),
    {
      name: 'max_length',
      label: 'queues.max_length',
      kind: 'number',
      min: 0,
      max: 10_000,
      help: 'queues.none0',
    },
    {
      name: 'max_missed',
      label: 'queues.max_missed',
      kind: 'number',
      min: 0,
      max: 100,
      help: 'queues.none0',
    },
    { name: 'music', label: 'queues.music', kind: 'select', options: sounds, help: 'queues.musicHelp' },
    { name: 'announcement', label: 'queues.announcement', kind: 'select', options: sounds },
    { ...seconds('announce_every_s', 0, 600), help: 'queues.none0' },
    { name: 'say_position', label: 'queues.say_position', kind: 'switch', when: announces },
    { name: 'say_wait', label: 'queues.say_wait', kind: 'switch', when: announces },
    {
      name: 'callback_key',
      label: 'queues.callback_key',
      kind: 'select',
      options: KEYS.map((value) => ({ value, label: value })),
      help: 'queues.callback_keyHelp',
    },
    {
      name: 'callback_tries',
      label: 'queues.callback_tries',
      kind: 'number',
      min: 1,
      max: 10,
      when: callsBack,
    },
    { ...seconds('callback_retry_s', 30, 3600), when: callsBack },
    { name: 'survey', label: 'queues.survey', kind: 'select', options: flows, help: 'queues.surveyHelp' },
    {
      name: 'overflow',
      label: 'queues.overflow',
      kind: 'own',
      help: 'queues.overflowHelp',
      draw: <TargetPicker optional />,
    },
  ]
}
