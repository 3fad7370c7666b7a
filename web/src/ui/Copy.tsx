import { CheckOutlined, CopyOutlined } from '@ant-design/icons'
import { Button, Tooltip } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

/** A text that is copied elsewhere, with the button that copies it. */
export function Copy({ text, label }: { text: string; label: string }) {
  const { t } = useTranslation()
  const [done, setDone] = useState(false)
  const copy = async () => {
    await copyText(text)
    setDone(true)
    setTimeout(() => setDone(false), 1500)
  }
  return (
    <span className="copy">
      <code>{text}</code>
      <Tooltip title={done ? t('copy.done') : t('copy.do')}>
        <Button
          type="text"
          size="small"
          aria-label={`${t('copy.do')}: ${label}`}
          icon={done ? <CheckOutlined /> : <CopyOutlined />}
          onClick={copy}
        />
      </Tooltip>
    </span>
  )
}

/** Copies; also where the page came without TLS and the browser has no clipboard for it. */
export async function copyText(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text)
  const area = document.createElement('textarea')
  area.value = text
  document.body.append(area)
  area.select()
  document.execCommand('copy')
  area.remove()
}
