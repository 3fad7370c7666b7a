import { SwapOutlined } from '@ant-design/icons'
import { useTranslation } from 'react-i18next'
import type { Schema } from '~/api/client'
import { hotlinesQuery } from '~/api/lists'
import { useNames } from '~/lib/names'
import type { Column } from '~/ui/DataTable'
import { ListScreen } from '~/ui/ListScreen'
import { Phone } from '~/ui/Phone'
import { HotlineEditor } from './HotlineEditor'

type Hotline = Schema['Hotline']

/** The public numbers, and where each leads. */
export function Hotlines() {
  const { t } = useTranslation()
  const names = useNames()
  const columns: Column<Hotline>[] = [
    {
      key: 'number',
      title: t('hotlines.number'),
      cell: (row) => <Phone number={row.number} />,
      width: '170px',
      narrow: true,
    },
    {
      key: 'name',
      title: t('hotlines.name'),
      cell: (row) => (row.name === row.number ? <span className="muted">–</span> : row.name),
    },
    {
      key: 'target',
      title: t('hotlines.target'),
      cell: ({ target }) => (
        <>
          <span className="muted">{t(`target.${target.kind}`)}</span> {names.of(target.id)}
        </>
      ),
      narrow: true,
    },
    { key: 'trunk', title: t('hotlines.trunk'), cell: (row) => names.of(row.trunk) },
  ]
  return (
    <ListScreen<Hotline>
      name="hotlines"
      query={hotlinesQuery}
      columns={columns}
      text={({ number, name }) => `${number} ${name} 0${number.slice(3)}`}
      icon={<SwapOutlined />}
      editor={(row, open, close) => <HotlineEditor row={row} open={open} onClose={close} />}
    />
  )
}
