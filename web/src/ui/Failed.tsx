import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { problemText } from '~/lib/problem'

/** A request failed: what happened, and the way to try again. */
export function Failed({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useTranslation()
  return (
    <div className="failed" role="alert">
      <strong>{t('failed.title')}</strong>
      <p className="muted">{problemText(error, t)}</p>
      {retry && <Button onClick={retry}>{t('failed.retry')}</Button>}
    </div>
  )
}
