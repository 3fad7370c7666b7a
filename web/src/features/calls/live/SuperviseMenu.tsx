import { CustomerServiceOutlined, MoreOutlined } from '@ant-design/icons'
import { Button, Dropdown, type MenuProps } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { LiveCall } from '~/lib/live/board'
import { waysOf } from '~/lib/supervising'
import { useSupervising } from './useSupervising'

/** Everything a supervisor does with a call on the board, in one button; nothing for who may do nothing. */
export function SuperviseMenu({ call }: { call: LiveCall }) {
  const { t } = useTranslation()
  const doing = useSupervising(call)
  // Two hundred cards are drawn fast only when a menu is made once it is wanted.
  const [wanted, setWanted] = useState(false)
  const [open, setOpen] = useState(false)
  if (!doing.maySupervise && !doing.mayEnd) return null
  const button = (
    <Button
      type="text"
      size="small"
      icon={doing.way ? <CustomerServiceOutlined /> : <MoreOutlined />}
      aria-label={t('supervise.open', { number: call.from })}
      aria-haspopup="menu"
      onClick={() => {
        if (wanted) return
        setWanted(true)
        setOpen(true)
      }}
    />
  )
  if (!wanted) return button
  return (
    <Dropdown
      menu={{ items: itemsOf(), selectedKeys: doing.way ? [doing.way] : [] }}
      trigger={['click']}
      open={open}
      onOpenChange={setOpen}
      autoFocus
    >
      {button}
    </Dropdown>
  )

  function itemsOf(): MenuProps['items'] {
    const end = { key: 'end', label: t('board.end'), danger: true, onClick: doing.hangUp }
    if (!doing.maySupervise) return [end]
    const disabled = doing.hindrance !== ''
    const title = doing.hindrance
    return [
      ...(disabled ? [{ key: 'why', label: doing.hindrance, disabled: true }] : []),
      ...waysOf(call).map((way) => ({
        key: way,
        label: t(`supervise.${way}`),
        disabled,
        title,
        onClick: () => doing.take(way),
      })),
      { type: 'divider' as const },
      { key: 'over', label: t('supervise.takeOver'), disabled: !doing.way, onClick: doing.takeOver },
      { key: 'go', label: t('supervise.letGo'), disabled: !doing.way, onClick: doing.letGo },
      { type: 'divider' as const },
      end,
    ]
  }
}
