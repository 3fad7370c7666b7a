import { Button, Tooltip } from 'antd'
import type { ReactNode } from 'react'

interface Props {
  name: string
  icon: ReactNode
  on: boolean
  onClick: () => void
}

/** A round button of the phone that is on or off. */
export function Act({ name, icon, on, onClick }: Props) {
  return (
    <Tooltip title={name}>
      <Button
        shape="circle"
        size="large"
        type={on ? 'primary' : 'default'}
        icon={icon}
        aria-label={name}
        aria-pressed={on}
        onClick={onClick}
      />
    </Tooltip>
  )
}
