import { StarOutlined } from '@ant-design/icons'
import { Button, Dropdown, Input, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMe } from '~/lib/me'
import { useStoredText } from '~/lib/stored'
import { type CallSearch, cleanCalls, textOf } from './filter'

interface View {
  name: string
  search: string
}

/** Filters under a name, kept in this browser for this company; the address itself can be given to colleagues. */
export function Views({ search, onChoose }: { search: CallSearch; onChoose: (search: CallSearch) => void }) {
  const { t } = useTranslation()
  const [text, setText] = useStoredText(`calls.views.${useMe().company_id}`, '[]')
  const [naming, setNaming] = useState<string | null>(null)
  const views = JSON.parse(text) as View[]
  const present = textOf(search)
  const shown = views.find((view) => view.search === present)
  const keep = () => {
    const name = naming?.trim()
    if (name)
      setText(JSON.stringify([...views.filter((view) => view.name !== name), { name, search: present }]))
    setNaming(null)
  }
  const choose = (view: View) => onChoose(cleanCalls(Object.fromEntries(new URLSearchParams(view.search))))
  const items = [
    {
      key: 'missed',
      label: t('views.missed'),
      onClick: () => onChoose({ direction: 'inbound', status: 'no_answer', span: 'today' }),
    },
    ...views.map((view) => ({ key: `v-${view.name}`, label: view.name, onClick: () => choose(view) })),
    { type: 'divider' as const },
    { key: 'keep', label: t('views.keep'), disabled: present === '', onClick: () => setNaming('') },
    {
      key: 'drop',
      label: t('views.drop'),
      disabled: !shown,
      onClick: () => setText(JSON.stringify(views.filter((view) => view !== shown))),
    },
  ]
  return (
    <>
      <Dropdown menu={{ items }} trigger={['click']}>
        <Button icon={<StarOutlined />}>{shown?.name ?? t('views.title')}</Button>
      </Dropdown>
      <Modal
        open={naming !== null}
        title={t('views.keep')}
        okText={t('form.save')}
        onOk={keep}
        onCancel={() => setNaming(null)}
      >
        <Input
          value={naming ?? ''}
          aria-label={t('views.name')}
          placeholder={t('views.name')}
          onChange={(event) => setNaming(event.target.value)}
          onPressEnter={keep}
        />
      </Modal>
    </>
  )
}
