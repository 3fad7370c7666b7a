import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { Avatar, Button, Dropdown } from 'antd'
import { useTranslation } from 'react-i18next'
import { companiesQuery } from '~/lib/companies'
import { useMe } from '~/lib/me'
import { useChoices } from './Choices'
import { companyItems } from './CompanySwitch'
import { leave } from './leave'

/** Who is logged in, and the way out. */
export function Person() {
  const { t } = useTranslation()
  const me = useMe()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const { look, looks, tongue, tongues } = useChoices()
  const companies = useQuery({ ...companiesQuery, enabled: Boolean(me.user_id) }).data ?? []
  const out = () => leave(queries, () => navigate({ to: '/login', search: {} }))
  const name = me.name || me.login || t('person.key')
  const items = [
    { key: 'who', disabled: true, label: `${me.login ?? ''} · ${t(`role.${me.role}`)}` },
    { key: 'me', label: <Link to="/me">{t('person.profile')}</Link> },
    ...(companies.length > 1
      ? [{ key: 'companies', label: t('company.mine'), children: companyItems(companies, t) }]
      : []),
    // On a phone there is no other place for these two.
    { key: 'look', label: t('look.title'), children: looks },
    { key: 'tongue', label: t('language.title'), children: tongues },
    { type: 'divider' as const },
    { key: 'out', label: t('person.leave'), onClick: out },
  ]
  return (
    <Dropdown menu={{ items, selectedKeys: [look, tongue, me.company_id] }} trigger={['click']}>
      <Button type="text" shape="circle" aria-label={t('person.menu', { name })}>
        <Avatar size={28} style={{ background: 'var(--jade-soft)', color: 'var(--jade)', fontWeight: 600 }}>
          {initial(name)}
        </Avatar>
      </Button>
    </Dropdown>
  )
}

/** Vietnamese names end with what people are called by. */
function initial(name: string): string {
  const words = name.trim().split(/[\s@]+/)
  const called = name.includes('@') ? words[0] : words.at(-1)
  return (called ?? '?').charAt(0).toUpperCase()
}
