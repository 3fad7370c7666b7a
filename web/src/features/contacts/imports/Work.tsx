import { Link } from '@tanstack/react-router'
import { App, Button, Progress } from 'antd'
import { useTranslation } from 'react-i18next'
import type { Import } from '../queries'
import { ErrorsLink } from './Preview'

interface Props {
  data: Import
  onApply: () => Promise<void>
  onUndo: () => Promise<void>
}

/** The file while it is written or taken back, and what came of it. */
export function Work({ data, onApply, onUndo }: Props) {
  const { t } = useTranslation()
  const { modal } = App.useApp()
  const { counts, state } = data
  const all = Math.max(1, counts.new + counts.changed)
  const share = Math.round((100 * counts.written) / all)
  const busy = state === 'applying' || state === 'undoing'
  const undo = () =>
    modal.confirm({
      title: t('import.undoAsk'),
      content: t('import.undoEffect'),
      okText: t('import.undo'),
      okButtonProps: { danger: true },
      onOk: onUndo,
    })
  const told = state === 'undone' && counts.written > 0 ? 'undoneBut' : state
  return (
    <section className="card pad stack" aria-live="polite">
      <h2>{t(`import.told_${told}`, { count: counts.written })}</h2>
      {busy && (
        <Progress percent={share} status="active" aria-label={t(`import.told_${state}`, { count: 0 })} />
      )}
      {state === 'done' && (
        <p className="muted">
          {t('import.result', {
            made: counts.new,
            changed: counts.changed,
            same: counts.same,
            bad: counts.error,
          })}
        </p>
      )}
      <div className="row">
        <Link to="/contacts" tabIndex={-1}>
          <Button type="primary">{t('import.toContacts')}</Button>
        </Link>
        <ErrorsLink data={data} />
        {state === 'applying' && <Button onClick={() => void onApply()}>{t('import.continue')}</Button>}
        {(state === 'done' || state === 'applying') && counts.written > 0 && (
          <Button danger onClick={undo}>
            {t('import.undo')}
          </Button>
        )}
      </div>
    </section>
  )
}
