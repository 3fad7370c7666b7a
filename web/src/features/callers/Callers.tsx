import { StopOutlined } from '@ant-design/icons'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { client, type Schema, unwrap } from '~/api/client'
import { callerRulesQuery } from '~/api/lists'
import { useMay, useMe } from '~/lib/me'
import { formatPhone } from '~/lib/phone'
import { when } from '~/lib/time'
import type { Column } from '~/ui/DataTable'
import { Dot } from '~/ui/Dot'
import { Editor } from '~/ui/Editor'
import type { Field } from '~/ui/Fields'
import { ListScreen } from '~/ui/ListScreen'
import { useSaver } from '~/ui/useSaver'

type Rule = Schema['CallerRule']

/** Callers who are refused, and those who are treated with care. */
export function Callers() {
  const { t } = useTranslation()
  const patternText = usePatternText()
  const columns: Column<Rule>[] = [
    {
      key: 'pattern',
      title: t('callers.pattern'),
      cell: (row) => <span className="num">{patternText(row.pattern)}</span>,
      narrow: true,
    },
    {
      key: 'list',
      title: t('callers.list'),
      cell: (row) => <Dot tone={row.list === 'vip' ? 'good' : 'bad'}>{t(`callers.${row.list}`)}</Dot>,
      width: '170px',
      narrow: true,
    },
    { key: 'note', title: t('callers.note'), cell: (row) => row.note },
    {
      key: 'since',
      title: t('callers.since'),
      cell: (row) => <span className="num">{when(row.created_at)}</span>,
      width: '160px',
    },
  ]
  return (
    <ListScreen<Rule>
      name="callers"
      query={callerRulesQuery}
      columns={columns}
      text={(row) => `${row.pattern} ${patternText(row.pattern)} ${row.note}`}
      icon={<StopOutlined />}
      editor={(row, open, close) => <RuleEditor row={row} open={open} onClose={close} />}
    />
  )
}

/** A rule is made or deleted; to change one is to make it anew. */
function RuleEditor({ row, open, onClose }: { row: Rule | null; open: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  const saver = useSaver('caller-rules')
  const mayEdit = useMay('edit_config')
  const patternText = usePatternText()
  const values = useMemo(() => ({ list: 'blocked', ...row }), [row])
  const save = async ({ list, pattern, note }: Record<string, unknown>) => {
    const body = { list, pattern, note: note ?? '' } as Schema['NewCallerRule']
    await saver(unwrap(client.POST('/api/v1/caller-rules', { body })))
  }
  const remove = row && {
    question: t('callers.removeAsk', { pattern: patternText(row.pattern) }),
    effect: t('callers.removeEffect'),
    run: () => {
      const params = { path: { caller_rule_id: row.id } }
      return saver(unwrap(client.DELETE('/api/v1/caller-rules/{caller_rule_id}', { params })))
    },
  }
  return (
    <Editor
      open={open}
      title={row ? patternText(row.pattern) : t('callers.add')}
      fields={fieldsOf(t('callers.blocked'), t('callers.vip'))}
      values={values}
      save={mayEdit && !row ? save : undefined}
      remove={mayEdit && remove ? remove : undefined}
      onClose={onClose}
    />
  )
}

const fieldsOf = (blocked: string, vip: string): Field[] => [
  {
    name: 'pattern',
    label: 'callers.pattern',
    kind: 'text',
    required: true,
    placeholder: '0901 234 567',
    help: 'callers.patternHelp',
  },
  {
    name: 'list',
    label: 'callers.list',
    kind: 'select',
    required: true,
    options: [
      { value: 'blocked', label: blocked },
      { value: 'vip', label: vip },
    ],
    help: 'callers.blockedHelp',
  },
  { name: 'note', label: 'callers.note', kind: 'text' },
]

/** A pattern as people read it. */
function usePatternText() {
  const { t } = useTranslation()
  const { country } = useMe()
  return (pattern: string) => {
    if (pattern === 'anonymous') return t('callers.anonymous')
    return pattern.endsWith('*') ? pattern : formatPhone(pattern, country)
  }
}
