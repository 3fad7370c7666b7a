import { CheckCircleFilled, CloseOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { extensionsQuery, flowsQuery, hotlinesQuery, presenceQuery, trunksQuery } from '~/api/lists'
import { useMay, useMe } from '~/lib/me'
import { useStored } from '~/lib/stored'

/** The way of a new company to its first call, until it has gone it. */
export function FirstSteps() {
  const { t } = useTranslation()
  const [hidden, hide] = useStored<boolean>(`steps.${useMe().company_id}`, false)
  const mayEdit = useMay('edit_config')
  const steps = useSteps()
  const next = steps?.find(({ done }) => !done)
  if (hidden || !mayEdit || !steps || !next) return null
  return (
    <section className="card pad steps">
      <div className="row between">
        <h2>{t('steps.title')}</h2>
        <Button
          type="text"
          size="small"
          icon={<CloseOutlined />}
          aria-label={t('steps.hide')}
          onClick={() => hide(true)}
        />
      </div>
      <ol>
        {steps.map(({ key, to, done }) => (
          <li key={key} className={done ? 'done' : key === next.key ? 'next' : undefined}>
            {done ? <CheckCircleFilled aria-label={t('steps.done')} /> : <i aria-hidden="true" />}
            {done ? t(`steps.${key}`) : <Link to={to as '/'}>{t(`steps.${key}`)}</Link>}
          </li>
        ))}
      </ol>
    </section>
  )
}

function useSteps() {
  const extensions = useQuery(extensionsQuery).data
  const phones = useQuery(presenceQuery).data?.phones
  const trunks = useQuery(trunksQuery).data
  const flows = useQuery(flowsQuery).data
  const hotlines = useQuery(hotlinesQuery).data
  if (!extensions || !phones || !trunks || !flows || !hotlines) return null
  return [
    { key: 'extension', to: '/extensions', done: extensions.length > 0 },
    { key: 'phone', to: '/extensions', done: phones.length > 0 },
    { key: 'trunk', to: '/trunks', done: trunks.length > 0 },
    { key: 'flow', to: '/flows', done: flows.length > 0 },
    { key: 'hotline', to: '/hotlines', done: hotlines.length > 0 },
  ]
}
