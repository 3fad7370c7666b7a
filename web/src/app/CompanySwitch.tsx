import { BankOutlined, DownOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { App, Button, Dropdown } from 'antd'
import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import type { Schema } from '~/api/client'
import { companiesQuery, switchTo } from '~/lib/companies'
import { useMe } from '~/lib/me'
import { problemText } from '~/lib/problem'

/** The company one acts for, and the way to another that one works for. */
export function CompanySwitch() {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const me = useMe()
  const companies = useQuery({ ...companiesQuery, enabled: Boolean(me.user_id) }).data ?? []
  if (companies.length < 2) {
    return (
      <span className="company" title={me.domain}>
        {me.company_name}
      </span>
    )
  }
  const items = companyItems(companies, t, (error) => void message.error(problemText(error, t)))
  return (
    <Dropdown menu={{ items, selectedKeys: [me.company_id] }} trigger={['click']}>
      <Button
        type="text"
        className="company"
        icon={<BankOutlined />}
        aria-label={t('switch.title', { name: me.company_name })}
      >
        {me.company_name} <DownOutlined aria-hidden="true" />
      </Button>
    </Dropdown>
  )
}

/** The companies as a menu, each with one's role there. */
export function companyItems(
  companies: Schema['Membership'][],
  t: TFunction,
  failed: (error: unknown) => void = () => undefined,
) {
  return companies.map(({ company_id, company_name, role, current }) => ({
    key: company_id,
    label: `${company_name} · ${t(`role.${role}`)}`,
    onClick: () => {
      if (!current) void switchTo(company_id).catch(failed)
    },
  }))
}
