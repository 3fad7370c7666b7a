import { useTranslation } from 'react-i18next'
import type { Schema } from '~/api/client'

/** What a text changes, or has changed. */
export function Planned({ plan }: { plan: Schema['ConfigurationPlan'] }) {
  const { t } = useTranslation()
  const made = plan.changes.filter(({ action }) => action === 'create').length
  const changed = plan.changes.length - made
  return (
    <>
      <h2>{plan.applied ? t('asText.applied') : t('asText.planned')}</h2>
      <p>
        {plan.changes.length === 0 ? t('asText.same') : t('asText.count', { made, changed })}{' '}
        {plan.tests.length > 0 && t('asText.tests', { count: plan.tests.length })}
      </p>
      <ul className="changes">
        {plan.changes.map(({ section, name, action, fields }) => (
          <li key={`${section}/${name}`} className={action === 'create' ? 'change-added' : 'change-changed'}>
            <b>
              {action === 'create' ? '+ ' : '~ '}
              {t(`asText.section_${section}`)} {name}
            </b>
            <ul>
              {fields.map(({ field, before, after }) => (
                <li key={field}>
                  <code>{field}</code>{' '}
                  {action === 'update' && (
                    <>
                      <del>{before ?? t('change.nothing')}</del>
                      {' → '}
                    </>
                  )}
                  <ins>{after ?? t('change.nothing')}</ins>
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
      {plan.unnamed.length > 0 && (
        <p className="muted">
          {t('asText.unnamed')}{' '}
          {plan.unnamed
            .slice(0, 20)
            .map(({ section, name }) => `${t(`asText.section_${section}`)} ${name}`)
            .join(', ')}
          {plan.unnamed.length > 20 && ' …'}
        </p>
      )}
    </>
  )
}
