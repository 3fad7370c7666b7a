import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useBoard } from '~/lib/live/store'
import { useMe } from '~/lib/me'
import { sectionsFor } from './menu'

export function Side({ onGo }: { onGo?: () => void }) {
  const { t } = useTranslation()
  const me = useMe()
  const live = Object.keys(useBoard()).length
  return (
    <>
      {sectionsFor(me).map((section) => (
        <div key={section.name}>
          {section.name !== '' && <h2>{t(`menu.${section.name}`)}</h2>}
          {section.places.map(({ to, name, icon }) => (
            <Link key={to} to={to as '/'} activeOptions={{ exact: to === '/' }} onClick={onGo}>
              <span aria-hidden="true">{icon}</span>
              {t(`menu.${name}`)}
              {to === '/' && live > 0 && (
                <span className="count" title={t('menu.live', { count: live })}>
                  {live}
                </span>
              )}
            </Link>
          ))}
        </div>
      ))}
    </>
  )
}
