import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { callsOf } from './links'
import type { Days, StatisticsSearch } from './period'
import type { Statistics } from './queries'

/** Why calls ended, most frequent first; each bar leads to its calls. */
export function Causes({ data, days, search }: { data: Statistics; days: Days; search: StatisticsSearch }) {
  const { t } = useTranslation()
  const most = Math.max(1, ...data.causes.map(({ calls }) => calls))
  const share = (calls: number) => Math.round((100 * calls) / Math.max(1, data.total.calls))
  return (
    <section>
      <h2 className="section-head">{t('statistics.byCause')}</h2>
      <div className="card pad">
        {data.causes.length === 0 && <p className="muted">{t('statistics.none')}</p>}
        <ul className="bars">
          {data.causes.map(({ cause, status, calls }) => (
            <li key={`${cause} ${status}`}>
              <Link to="/calls" search={callsOf(days, search, { status })}>
                <span className="row between">
                  <span>
                    {status === 'answered'
                      ? t('status.answered')
                      : t(`cause.${cause}`, { defaultValue: cause })}
                    {status === 'answered' && cause !== 'normal' && (
                      <span className="muted"> · {t(`cause.${cause}`, { defaultValue: cause })}</span>
                    )}
                  </span>
                  <span className="num muted">
                    {calls} · {share(calls)}%
                  </span>
                </span>
                <span className="bar-track" aria-hidden="true">
                  <i className={`bar-${status}`} style={{ width: `${(100 * calls) / most}%` }} />
                </span>
              </Link>
            </li>
          ))}
        </ul>
      </div>
    </section>
  )
}
