import { CheckCircleFilled, CloseOutlined, PhoneFilled } from '@ant-design/icons'
import { Link } from '@tanstack/react-router'
import { Button, Progress } from 'antd'
import { useTranslation } from 'react-i18next'
import { useDialler } from '~/lib/dialling'
import { useMay, useMe } from '~/lib/me'
import { formatPhone } from '~/lib/phone'
import { useStored } from '~/lib/stored'
import { type Found, type Step, stepsOf, useFound } from './steps'

/** The way of a new company to its first recorded call, until it has gone it or wants to see it no more. */
export function FirstSteps() {
  const { t } = useTranslation()
  const [hidden, hide] = useStored<boolean>(`steps.${useMe().company_id}`, false)
  const mayEdit = useMay('edit_config')
  const wanted = !hidden && mayEdit
  const found = useFound(wanted)
  if (!wanted || !found) return null
  const steps = stepsOf(found)
  const done = steps.filter((step) => step.done).length
  const next = steps.find((step) => !step.done)
  if (!next) return null
  return (
    <section className="card pad steps" aria-label={t('steps.title')}>
      <div className="row between">
        <div className="steps-head">
          <h2>{t('steps.title')}</h2>
          <p className="muted">{t('steps.about')}</p>
        </div>
        <Progress
          percent={(done / steps.length) * 100}
          format={() => `${done}/${steps.length}`}
          size="small"
          strokeColor="var(--jade)"
          style={{ width: 140 }}
          aria-label={t('steps.progress')}
        />
        <Button
          type="text"
          size="small"
          icon={<CloseOutlined />}
          aria-label={t('steps.hide')}
          onClick={() => hide(true)}
        />
      </div>
      <ol>
        {steps.map((step) => (
          <Line key={step.key} step={step} next={step === next} found={found} />
        ))}
      </ol>
    </section>
  )
}

function Line({ step, next, found }: { step: Step; next: boolean; found: Found }) {
  const { t } = useTranslation()
  const { key, to, open, done } = step
  return (
    <li className={done ? 'done' : next ? 'next' : undefined} aria-current={next ? 'step' : undefined}>
      {done ? <CheckCircleFilled aria-label={t('steps.done')} /> : <i aria-hidden="true" />}
      <div>
        <strong>{t(`steps.${key}`)}</strong>
        {!done && <p className="muted">{t(`steps.${key}Why`)}</p>}
      </div>
      {!done && key === 'call' ? (
        <TestCall found={found} />
      ) : (
        !done && (
          <Link to={to as '/extensions'} search={open ? { open } : {}}>
            {t('steps.go')}
          </Link>
        )
      )}
    </li>
  )
}

/** Calls the company's own hotline: it answers in the browser's phone as it would answer a customer. */
function TestCall({ found }: { found: Found }) {
  const { t } = useTranslation()
  const me = useMe()
  const dial = useDialler()
  const hotline = found.hotlines[0]
  if (!hotline) return null
  if (!found.extensions.some(({ user, enabled }) => enabled && user && user === me.user_id))
    return <Link to="/people">{t('steps.ownPhone')}</Link>
  const number = formatPhone(hotline.number, me.country)
  return (
    <Button type="primary" icon={<PhoneFilled />} disabled={!dial} onClick={() => dial?.(hotline.number)}>
      {t('steps.dial', { number })}
    </Button>
  )
}
