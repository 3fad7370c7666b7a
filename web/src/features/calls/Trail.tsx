import { useQuery } from '@tanstack/react-query'
import { Skeleton, Tooltip } from 'antd'
import { useTranslation } from 'react-i18next'
import { useNames } from '~/lib/names'
import { Failed } from '~/ui/Failed'
import { trailQuery } from './queries'
import { type Step, tellStep } from './story'

/** Why the call went where it went, decision by decision. */
export function Trail({ id, began }: { id: string; began: number }) {
  const { data, error, refetch } = useQuery(trailQuery(id))
  if (error) return <Failed error={error} retry={refetch} />
  if (!data) return <Skeleton active title={false} />
  return <Story steps={data.items} began={began} />
}

/** Decisions in words, with names in place of ids; the server's own sentence stands behind each. */
export function Story({ steps, began }: { steps: Step[]; began?: number }) {
  const { t } = useTranslation()
  const names = useNames()
  return (
    <ol className="trail">
      {steps.map((step, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a story has no other key and never changes
        <li key={place} className={`trail-${step.step.split('_')[0]}`}>
          {began !== undefined && step.at !== undefined && (
            <span className="num muted">+{((step.at - began) / 1000).toFixed(1)} s</span>
          )}
          <Tooltip title={step.reason} placement="topLeft">
            <span>{tellStep(step, names, t)}</span>
          </Tooltip>
        </li>
      ))}
    </ol>
  )
}
