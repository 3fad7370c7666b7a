import { DownloadOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Button, Drawer, Skeleton } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Problem } from '~/api/client'
import { Copy } from '~/ui/Copy'
import { Failed } from '~/ui/Failed'
import { ladderQuery } from '../queries'
import { type Entry, type Participant, type Places, placesOf } from './columns'
import { Rung } from './Rung'

/** How the call was signalled over all its legs. */
export default function Ladder({ id }: { id: string }) {
  const { t } = useTranslation()
  const { data, error, refetch } = useQuery(ladderQuery(id))
  const [open, setOpen] = useState<Entry | null>(null)
  if (error instanceof Problem && error.status === 404) return <p className="muted">{t('ladder.none')}</p>
  if (error) return <Failed error={error} retry={refetch} />
  if (!data) return <Skeleton active title={false} />
  const places = placesOf(data.participants)
  const began = data.entries[0]?.at_us ?? 0
  const leftOut = data.participants.reduce((sum, { left_out }) => sum + left_out, 0)
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className="ladder-frame" tabIndex={0} aria-label={t('ladder.title')}>
        <div className="ladder" style={{ '--columns': places.count } as React.CSSProperties}>
          <Heads participants={data.participants} places={places} />
          <ol>
            {data.entries.map((entry, place) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: messages have no other key and only grow in number
              <Rung key={place} entry={entry} began={began} places={places} onOpen={setOpen} />
            ))}
          </ol>
        </div>
      </section>
      {leftOut > 0 && <p className="muted">{t('ladder.leftOut', { count: leftOut })}</p>}
      <Button
        icon={<DownloadOutlined />}
        href={`/api/v1/calls/${id}/pcap`}
        download={`${id}.pcap`}
        title={t('ladder.pcapAbout')}
      >
        {t('ladder.pcap')}
      </Button>
      <Said entry={open} onClose={() => setOpen(null)} />
    </>
  )
}

function Heads({ participants, places }: { participants: Participant[]; places: Places }) {
  const column = (place: number) => ({ gridColumn: place + 2 })
  return (
    <div className="ladder-row ladder-heads">
      {participants.map((side) => (
        <div key={side.leg} className="ladder-head" style={column(places.of(side.leg))}>
          <strong title={side.name}>{side.name}</strong>
          <span className="muted">
            {[side.transport?.toUpperCase(), side.address].filter(Boolean).join(' ')}
          </span>
        </div>
      ))}
      <div className="ladder-head" style={column(places.ours)}>
        <strong>Alo</strong>
      </div>
    </div>
  )
}

/** One message as it was on the wire. */
function Said({ entry, onClose }: { entry: Entry | null; onClose: () => void }) {
  const { t } = useTranslation()
  const message = entry?.message
  return (
    <Drawer open={message != null} onClose={onClose} title={entry?.label} size={720} destroyOnHidden>
      {message && (
        <>
          <p className="muted num">
            {message.source} → {message.target} · {message.transport.toUpperCase()}
          </p>
          <p className="muted">{t('ladder.masked')}</p>
          <div className="ladder-text">
            <Copy text={message.text.replaceAll('\r\n', '\n')} label={t('ladder.message')} />
          </div>
        </>
      )}
    </Drawer>
  )
}
