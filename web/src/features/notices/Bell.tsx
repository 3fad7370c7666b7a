import { BellOutlined } from '@ant-design/icons'
import { Badge, Button, Popover } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMay } from '~/lib/me'
import { Line } from './Line'
import { unseen } from './notices'
import { useNotices } from './store'
import './notices.css'

/** What happened meanwhile that somebody should look at. */
export function Bell() {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const { notices, see, clear } = useNotices()
  // They come by the live socket, which needs this right; agents hear of their own calls.
  if (!useMay('make_calls')) return null
  const count = unseen(notices)
  const turn = (next: boolean) => {
    setOpen(next)
    // What was new stays marked while it is looked at.
    if (!next && count > 0) see()
  }
  const body = (
    <section className="notices" aria-label={t('notices.title')}>
      <div className="row between">
        <h2>{t('notices.title')}</h2>
        {notices.list.length > 0 && (
          <Button type="link" size="small" onClick={clear}>
            {t('notices.clear')}
          </Button>
        )}
      </div>
      {notices.list.length === 0 ? (
        <p className="muted">{t('notices.none')}</p>
      ) : (
        <ul>
          {notices.list.map((notice) => (
            <Line
              key={notice.seq}
              notice={notice}
              fresh={notice.seq > notices.seen}
              onGo={() => turn(false)}
            />
          ))}
        </ul>
      )}
    </section>
  )
  return (
    <Popover
      open={open}
      onOpenChange={turn}
      trigger="click"
      placement="bottomRight"
      // On a phone it is as wide as the screen, and the bell is not at its edge.
      align={{ overflow: { shiftX: 8, adjustX: false, adjustY: true } }}
      content={body}
      arrow={false}
    >
      <Button
        type="text"
        aria-label={t('notices.open', { count })}
        aria-expanded={open}
        icon={
          <Badge count={count} size="small" overflowCount={99}>
            <BellOutlined />
          </Badge>
        }
      />
    </Popover>
  )
}
