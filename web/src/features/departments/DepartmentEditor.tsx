import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client, type Schema, unwrap } from '~/api/client'
import { departmentsQuery } from '~/api/lists'
import { Editor } from '~/ui/Editor'
import type { Field } from '~/ui/Fields'
import { useSaver } from '~/ui/useSaver'

type Department = Schema['Department']

const PATH = '/api/v1/departments/{department_id}'
const FIELDS: Field[] = [
  { name: 'name', label: 'departments.name', kind: 'text', required: true },
  { name: 'description', label: 'departments.description', kind: 'text' },
]

interface Props {
  row: Department | null
  open: boolean
  onClose: () => void
}

export function DepartmentEditor({ row, open, onClose }: Props) {
  const { t } = useTranslation()
  const saver = useSaver('departments', 'users')
  const others = (useQuery(departmentsQuery).data ?? []).filter(({ id }) => id !== row?.id)
  const [to, setTo] = useState<string>()
  const values = useMemo(() => ({ name: row?.name, description: row?.description ?? '' }), [row])
  const path = { department_id: row?.id ?? '' }
  const save = async (filled: Record<string, unknown>) => {
    const body = filled as Schema['NewDepartment']
    await saver(
      row
        ? unwrap(client.PATCH(PATH, { params: { path }, body }))
        : unwrap(client.POST('/api/v1/departments', { body })),
    )
  }
  const remove = row && {
    question: t('departments.removeAsk', { name: row.name }),
    effect: t('departments.removeEffect'),
    run: () => saver(unwrap(client.DELETE(PATH, { params: { path, query: { move_to: to } } }))),
  }
  return (
    <Editor
      open={open}
      title={row?.name ?? t('departments.add')}
      fields={FIELDS}
      values={values}
      save={save}
      remove={remove && (row.users === 0 || to) ? remove : undefined}
      onClose={onClose}
    >
      {row && row.users > 0 && (
        <section>
          <p className="muted" style={{ marginBottom: 8 }}>
            {t('departments.moveAbout', { count: row.users })}
          </p>
          <Select
            allowClear
            style={{ width: '100%' }}
            aria-label={t('departments.moveTo')}
            placeholder={t('departments.moveTo')}
            value={to}
            onChange={setTo}
            options={others.map(({ id, name }) => ({ value: id, label: name }))}
          />
        </section>
      )}
    </Editor>
  )
}
