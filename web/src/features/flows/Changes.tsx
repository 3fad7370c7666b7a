import { useTranslation } from 'react-i18next'
import type { Schema } from '~/api/client'
import { useNames, withNames } from '~/lib/names'

/** What differs between two graphs, step by step, with names in place of ids. */
export function Changes({ changes }: { changes: Schema['FlowComparison'] }) {
  const { t } = useTranslation()
  const names = useNames()
  const value = (text?: string | null) => (text == null ? t('change.nothing') : withNames(text, names))
  const start = changes.start
  if (!start && changes.nodes.length === 0) return <p className="muted">{t('change.same')}</p>
  return (
    <ul className="changes">
      {start && (
        <li className="change-changed">
          <b>{t('change.start')}</b>
          <ul>
            <li>
              <del>{value(start.before)}</del> → <ins>{value(start.after)}</ins>
            </li>
          </ul>
        </li>
      )}
      {changes.nodes.map(({ node, kind, fields }) => (
        <li key={node} className={`change-${kind}`}>
          <b>{t(`change.${kind}`, { node })}</b>
          <ul>
            {fields.map(({ field, before, after }) => (
              <li key={field}>
                <code>{field}</code>{' '}
                {kind !== 'added' && (
                  <>
                    <del>{value(before)}</del>
                    {kind === 'changed' && ' → '}
                  </>
                )}
                {kind !== 'removed' && <ins>{value(after)}</ins>}
              </li>
            ))}
          </ul>
        </li>
      ))}
    </ul>
  )
}
