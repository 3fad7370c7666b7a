import { useQuery } from '@tanstack/react-query'
import { Button, Skeleton } from 'antd'
import { useTranslation } from 'react-i18next'
import { Dot, type Tone } from '~/ui/Dot'
import { Failed } from '~/ui/Failed'
import { findingsQuery } from './queries'

const TONES: Record<string, Tone> = { good: 'good', doubtful: 'warn', bad: 'bad' }
const ORDER = ['bad', 'doubtful', 'good']

/** What a look at the server finds, the worst first, each with its mend. */
export function Findings() {
  const { t } = useTranslation()
  const { data, error, refetch, isFetching } = useQuery(findingsQuery)
  if (error && !data) return <Failed error={error} retry={refetch} />
  if (!data) return <Skeleton active title={false} />
  const items = [...data.items].sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state))
  return (
    <>
      <Button loading={isFetching} onClick={() => refetch()}>
        {t('installation.again')}
      </Button>
      <ul className="findings">
        {items.map(({ about, state, says, mend }) => (
          <li key={about + says}>
            <Dot tone={TONES[state] ?? 'quiet'}>{t(`installation.state_${state}`)}</Dot>
            <div>
              <b>{about}</b> {says}
              {mend && (
                <div>
                  → <code>{mend}</code>
                </div>
              )}
            </div>
          </li>
        ))}
      </ul>
    </>
  )
}
