import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { client, type Schema, unwrap } from '~/api/client'
import { useMay } from '~/lib/me'
import { Editor } from '~/ui/Editor'
import type { Field } from '~/ui/Fields'
import { useSaver } from '~/ui/useSaver'
import { keyed, Questions } from './Questions'

type Card = Schema['Scorecard']

export function ScorecardEditor({
  row,
  open,
  onClose,
}: {
  row: Card | null
  open: boolean
  onClose: () => void
}) {
  const { t } = useTranslation()
  const saver = useSaver('scorecards')
  const mayEdit = useMay('supervise')
  const fields: Field[] = [
    { name: 'name', label: 'scores.name', kind: 'text', required: true, placeholder: t('scores.nameHint') },
    {
      name: 'questions',
      label: 'scores.questions',
      kind: 'own',
      help: 'scores.questionsHelp',
      draw: <Questions />,
    },
    ...(row ? [{ name: 'enabled', label: 'scores.usable', kind: 'switch' } as const] : []),
  ]
  const values = useMemo(
    () => row ?? { questions: [{ key: '', text: '', weight: 1, most: 5, critical: false }] },
    [row],
  )
  const save = async (filled: Record<string, unknown>) => {
    const { name, questions, enabled } = filled as unknown as Card
    const asked = keyed(questions)
    const params = { path: { scorecard_id: row?.id ?? '' } }
    await saver(
      row
        ? unwrap(
            client.PATCH('/api/v1/scorecards/{scorecard_id}', {
              params,
              body: { name, questions: asked, enabled },
            }),
          )
        : unwrap(client.POST('/api/v1/scorecards', { body: { name, questions: asked } })),
    )
  }
  const remove = row && {
    question: t('scores.removeAsk', { name: row.name }),
    effect: t('scores.removeEffect'),
    run: () =>
      saver(
        unwrap(
          client.DELETE('/api/v1/scorecards/{scorecard_id}', { params: { path: { scorecard_id: row.id } } }),
        ),
      ),
  }
  return (
    <Editor
      open={open}
      title={row?.name ?? t('scorecards.add')}
      fields={fields}
      values={values}
      save={mayEdit ? save : undefined}
      remove={mayEdit ? (remove ?? undefined) : undefined}
      onClose={onClose}
    />
  )
}
