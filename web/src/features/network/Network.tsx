import { WifiOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Skeleton } from 'antd'
import { useTranslation } from 'react-i18next'
import { client, type Schema, unwrap } from '~/api/client'
import { useNames } from '~/lib/names'
import { Dot, type Tone } from '~/ui/Dot'
import { Failed } from '~/ui/Failed'
import { Page } from '~/ui/Page'
import { Teach } from '~/ui/Teach'

type Way = Schema['PhoneWay']

const TONES: Record<string, Tone> = {
  none: 'good',
  nat: 'good',
  rewritten: 'bad',
  wrong_address: 'bad',
  hidden: 'good',
  browser: 'good',
}

/** What stands between the phones and the exchange, and what to do about it. */
export function Network() {
  const { t } = useTranslation()
  const { data, error, refetch } = useQuery({
    queryKey: ['network', 'phones'],
    queryFn: () => unwrap(client.GET('/api/v1/network/phones')),
    refetchInterval: 15_000,
  })
  return (
    <Page title={t('menu.network')} about={t('network.about')}>
      {error && !data ? (
        <Failed error={error} retry={refetch} />
      ) : !data ? (
        <Skeleton active title={false} />
      ) : data.items.length === 0 ? (
        <Teach icon={<WifiOutlined />} title={t('network.empty')} why={t('network.emptyWhy')} />
      ) : (
        <Ways ways={data.items} />
      )}
    </Page>
  )
}

function Ways({ ways }: { ways: Way[] }) {
  const { t } = useTranslation()
  const names = useNames()
  const bad = (way: Way) => TONES[way.obstacle] === 'bad'
  const sorted = [...ways].sort((a, b) => Number(bad(b)) - Number(bad(a)))
  return (
    <ul className="findings">
      {sorted.map((way) => (
        <li key={`${way.extension}${way.address}${way.contact}`}>
          <Dot tone={TONES[way.obstacle] ?? 'quiet'}>{t(`network.${way.obstacle}`)}</Dot>
          <div>
            <b>{names.of(way.extension)}</b>{' '}
            <span className="muted">
              {[way.user_agent, way.transport.toUpperCase(), way.address].filter(Boolean).join(' · ')}
            </span>
            <div>{t(`network.${way.obstacle}_why`)}</div>
            {bad(way) && (
              <div className="muted">
                Contact <code>{way.contact}</code> · Via <code>{way.sent_by || '–'}</code>
              </div>
            )}
          </div>
        </li>
      ))}
    </ul>
  )
}
