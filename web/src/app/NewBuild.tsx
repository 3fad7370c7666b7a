import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { useNewBuild } from '~/lib/app/worker'

/** Says that the server has a newer console. Nobody is interrupted: it is taken when asked for. */
export function NewBuild() {
  const { t } = useTranslation()
  const take = useNewBuild()
  if (!take) return null
  return (
    <div className="new-build" role="status">
      {t('shell.newBuild')}{' '}
      <Button size="small" type="primary" onClick={take}>
        {t('shell.takeBuild')}
      </Button>
    </div>
  )
}
