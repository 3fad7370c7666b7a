import { CheckSquareOutlined } from '@ant-design/icons'
import { useTranslation } from 'react-i18next'
import type { Schema } from '~/api/client'
import { scorecardsQuery } from '~/api/lists'
import type { Column } from '~/ui/DataTable'
import { ListScreen } from '~/ui/ListScreen'
import { ScorecardEditor } from './ScorecardEditor'

type Card = Schema['Scorecard']

/** The cards by which supervisors score calls. */
export function Scorecards() {
  const { t } = useTranslation()
  const columns: Column<Card>[] = [
    { key: 'name', title: t('scores.name'), cell: (row) => row.name, narrow: true },
    {
      key: 'questions',
      title: t('scores.questions'),
      cell: (row) => row.questions.map(({ text }) => text).join(' · '),
    },
    { key: 'version', title: t('scores.version'), cell: (row) => row.version, width: '110px' },
    {
      key: 'enabled',
      title: t('scores.state'),
      cell: (row) => t(row.enabled ? 'scores.on' : 'scores.off'),
      width: '120px',
      narrow: true,
    },
  ]
  return (
    <ListScreen<Card>
      name="scorecards"
      query={scorecardsQuery}
      columns={columns}
      text={(row) => `${row.name} ${row.questions.map(({ text }) => text).join(' ')}`}
      right="supervise"
      icon={<CheckSquareOutlined />}
      editor={(row, open, close) => <ScorecardEditor row={row} open={open} onClose={close} />}
    />
  )
}
