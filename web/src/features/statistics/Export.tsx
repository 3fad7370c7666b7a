import { DownloadOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { csv, download } from '~/lib/csv'
import { useNames } from '~/lib/names'
import { whenFull } from '~/lib/time'
import type { Days } from './period'
import type { Figures, Statistics } from './queries'

const KEYS: (keyof Figures)[] = ['calls', 'answered', 'missed', 'talk_ms', 'wait_ms', 'duration_ms']

/** The figures on the screen as a file for spreadsheets. */
export function Export({ data, days }: { data: Statistics; days: Days }) {
  const { t } = useTranslation()
  const names = useNames()
  const run = () => {
    const cells = (figures: Figures) =>
      KEYS.map((key) => (key.endsWith('_ms') ? Math.round(figures[key] / 1000) : figures[key]))
    const head = (name: string) => [name, ...KEYS.map((key) => t(`statistics.csv_${key}`))]
    const sum = (step: Statistics['steps'][number]): Figures => {
      const parts = [step.inbound, step.outbound, step.internal]
      return Object.fromEntries(
        KEYS.map((key) => [key, parts.reduce((all, part) => all + part[key], 0)]),
      ) as unknown as Figures
    }
    const rows = [
      head(t('statistics.overTime')),
      ...data.steps.map((step) => [whenFull(step.from), ...cells(sum(step))]),
      [t('statistics.sum'), ...cells(data.total)],
      [],
      head(t('statistics.by_extension')),
      ...data.extensions.map(({ extension, ...figures }) => [
        extension ? names.of(extension) : t('statistics.no_extension'),
        ...cells(figures),
      ]),
      [],
      head(t('statistics.by_hotline')),
      ...data.hotlines.map(({ hotline, ...figures }) => [
        hotline ? names.of(hotline) : t('statistics.no_hotline'),
        ...cells(figures),
      ]),
      [],
      [t('statistics.byCause'), t('statistics.csv_calls')],
      ...data.causes.map(({ cause, calls }) => [t(`cause.${cause}`, { defaultValue: cause }), calls]),
    ]
    download(`alo-${days.from}-${days.to}.csv`, csv(rows), 'text/csv')
  }
  return (
    <Button icon={<DownloadOutlined />} onClick={run}>
      {t('download.title')}
    </Button>
  )
}
