import { ControlOutlined } from '@ant-design/icons'
import { Button, Checkbox, Popover } from 'antd'
import { useTranslation } from 'react-i18next'
import { COLUMNS, useHiddenColumns } from './columns'

/** Which columns this browser shows. */
export function ColumnPicker() {
  const { t } = useTranslation()
  const [hidden, setHidden] = useHiddenColumns()
  const not = hidden.split(',').filter(Boolean)
  const choose = (shown: string[]) => setHidden(COLUMNS.filter((key) => !shown.includes(key)).join(','))
  const options = COLUMNS.map((value) => ({
    value,
    label: t(`calls.column.${value}`),
    disabled: value === 'when',
  }))
  const list = (
    <Checkbox.Group
      style={{ display: 'grid', gap: 6 }}
      options={options}
      value={COLUMNS.filter((key) => !not.includes(key))}
      onChange={(shown) => choose(shown as string[])}
    />
  )
  return (
    <Popover content={list} trigger="click" placement="bottomRight">
      <Button className="wide-only" icon={<ControlOutlined />}>
        {t('calls.columns')}
      </Button>
    </Popover>
  )
}
