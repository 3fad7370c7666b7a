import { useTranslation } from 'react-i18next'

/** The left half of the login: who we are, and a call on its way. */
export function Art() {
  const { t } = useTranslation()
  return (
    <div className="gate-art">
      <strong style={{ fontSize: 18 }}>Alo</strong>
      <div>
        <h1>{t('login.welcome')}</h1>
        <p className="gate-more">{t('login.about')}</p>
      </div>
      <svg viewBox="0 0 520 190" aria-hidden="true" fill="none" stroke="#9fe0d6" strokeWidth="2">
        <path
          d="M20 95h96m64 0h72M316 95c46 0 30-62 84-62h24M316 95h108M316 95c46 0 30 62 84 62h24"
          strokeDasharray="3 7"
          strokeLinecap="round"
        />
        <circle cx="148" cy="95" r="32" fill="#0b6a61" stroke="#f5b942" />
        <path
          d="M136 99v-4a12 12 0 0 1 24 0v4m-24-2v8m24-8v8"
          stroke="#fff"
          strokeWidth="3"
          strokeLinecap="round"
        />
        <rect x="252" y="67" width="64" height="56" rx="14" fill="#0b6a61" />
        <path d="M270 83h28M270 95h28M270 107h16" stroke="#fff" strokeWidth="3" strokeLinecap="round" />
        {[33, 95, 157].map((y, place) => (
          <g key={y}>
            <rect
              x="424"
              y={y - 24}
              width="76"
              height="48"
              rx="12"
              fill={place === 1 ? '#f5b942' : '#0b6a61'}
              stroke={place === 1 ? '#f5b942' : '#9fe0d6'}
            />
            <path
              d={`M444 ${y}h36`}
              stroke={place === 1 ? '#083f3b' : '#fff'}
              strokeWidth="3"
              strokeLinecap="round"
            />
          </g>
        ))}
        <circle cx="20" cy="95" r="7" fill="#f5b942" stroke="none" />
      </svg>
    </div>
  )
}
