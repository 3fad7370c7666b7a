import { CustomerServiceOutlined, MoreOutlined } from '@ant-design/icons'
import { Button, Dropdown, type MenuProps } from 'antd'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { LiveCall } from '~/lib/live/board'
import { wayOf, waysOf } from '~/lib/supervising'
import { useSupervising } from './useSupervising'

/** Everything a supervisor does with a call on the board, in one button. `own` is the supervisor's number. */
export function SuperviseMenu({ call, own }: { call: LiveCall; own: string | undefined }) {
  const { t } = useTranslation()
  // Two hundred cards are drawn fast only when a menu is made once it is wanted.
  const [wanted, setWanted] = useState(false)
  const button = (
    <Button
      type="text"
      size="small"
      icon={wayOf(call, own) ? <CustomerServiceOutlined /> : <MoreOutlined />}
      aria-label={t('supervise.open', { number: call.from })}
      aria-haspopup="menu"
      onClick={() => setWanted(true)}
    />
  )
  return wanted ? <Menu call={call}>{button}</Menu> : button
}

/** The menu, open from its first moment. */
function Menu({ call, children }: { call: LiveCall; children: ReactNode }) {
  const { t } = useTranslation()
  const doing = useSupervising(call)
  const [open, setOpen] = useState(true)
  return (
    <Dropdown
      menu={{ items: itemsOf(), selectedKeys: doing.way ? [doing.way] : [] }}
      trigger={['click']}
      open={open}
      onOpenChange={setOpen}
      autoFocus
    >
      {children}
    </Dropdown>
  )

  function itemsOf(): MenuProps['items'] {
    const end = { key: 'end', label: t('board.end'), danger: true, onClick: doing.hangUp }
    if (!doing.maySupervise) return [end]
    const disabled = doing.hindrance !== ''
    return [
      ...(disabled ? [{ key: 'why', label: doing.hindrance, disabled: true }] : []),
      ...waysOf(call).map((way) => ({
        key: way,
        label: t(`supervise.${way}`),
        disabled,
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
