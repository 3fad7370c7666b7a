import { DeleteOutlined, SoundOutlined } from '@ant-design/icons'
import { App, Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { client, type Schema, unwrap } from '~/api/client'
import { greetingsQuery } from '~/api/lists'
import { useMay } from '~/lib/me'
import { problemText } from '~/lib/problem'
import { length, when } from '~/lib/time'
import type { Column } from '~/ui/DataTable'
import { ListScreen } from '~/ui/ListScreen'
import { useSaver } from '~/ui/useSaver'
import { Listen } from './Listen'
import { NewGreeting } from './NewGreeting'

type Greeting = Schema['Greeting']

/** The sounds that callers hear. */
export function Greetings() {
  const { t } = useTranslation()
  const mayEdit = useMay('edit_config')
  const columns: Column<Greeting>[] = [
    { key: 'name', title: t('greetings.name'), cell: (row) => row.name, narrow: true },
    {
      key: 'listen',
      title: t('greetings.listen'),
      cell: (row) => <Listen id={row.id} name={row.name} />,
      width: '110px',
      narrow: true,
    },
    {
      key: 'length',
      title: t('greetings.length'),
      cell: (row) => <span className="num">{length(row.duration_ms)}</span>,
      width: '110px',
      align: 'right',
    },
    {
      key: 'when',
      title: t('greetings.when'),
      cell: (row) => <span className="num">{when(row.created_at)}</span>,
      width: '170px',
    },
  ]
  if (mayEdit)
    columns.push({
      key: 'remove',
      title: '',
      cell: (row) => <Remove greeting={row} />,
      width: '60px',
      narrow: true,
    })
  return (
    <ListScreen<Greeting>
      name="greetings"
      query={greetingsQuery}
      columns={columns}
      text={({ name }) => name}
      icon={<SoundOutlined />}
      editor={(row, open, close) => <NewGreeting open={open && row === null} onClose={close} />}
    />
  )
}

function Remove({ greeting }: { greeting: Greeting }) {
  const { t } = useTranslation()
  const { modal, message } = App.useApp()
  const saver = useSaver('greetings')
  const params = { path: { greeting_id: greeting.id } }
  const ask = () =>
    modal.confirm({
      title: t('greetings.removeAsk', { name: greeting.name }),
      content: t('greetings.removeEffect'),
      okText: t('form.remove'),
      okButtonProps: { danger: true },
      onOk: () =>
        saver(unwrap(client.DELETE('/api/v1/greetings/{greeting_id}', { params }))).catch(
          (error) => void message.error(problemText(error, t)),
        ),
    })
  return (
    <Button
      type="text"
      icon={<DeleteOutlined />}
      aria-label={`${t('form.remove')}: ${greeting.name}`}
      onClick={ask}
    />
  )
}
