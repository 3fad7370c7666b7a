import { App, Button } from 'antd'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client, unwrap } from '~/api/client'
import { useMe } from '~/lib/me'
import { newPassword } from '~/lib/password'
import { problemText } from '~/lib/problem'
import { Editor } from '~/ui/Editor'
import type { Field } from '~/ui/Fields'
import { Told } from '~/ui/Told'
import { useSaver } from '~/ui/useSaver'
import { CompanyQuota } from './CompanyQuota'
import type { Company } from './queries'

const NAME: Field = { name: 'name', label: 'companies.name', kind: 'text', required: true }
const NEW: Field[] = [
  NAME,
  { name: 'domain', label: 'companies.domain', kind: 'text', help: 'companies.domainHelp' },
  { name: 'login', label: 'companies.owner', kind: 'text', required: true, help: 'companies.ownerHelp' },
]
const NOTHING = {}

interface Props {
  row: Company | null
  open: boolean
  onClose: () => void
}

/** A company with its first owner, or what an operator changes about one. */
export function CompanyEditor({ row, open, onClose }: Props) {
  const { t } = useTranslation()
  const saver = useSaver('tenants', 'companies')
  const own = useMe().company_id === row?.id
  const [told, setTold] = useState<{ login: string; password: string } | null>(null)
  const values = useMemo(() => (row ? { name: row.name } : NOTHING), [row])
  const params = { path: { company_id: row?.id ?? '' } }
  const save = async (filled: Record<string, unknown>) => {
    const { name, domain, login } = filled as { name: string; domain?: string; login: string }
    if (row) {
      return saver(unwrap(client.PATCH('/api/v1/companies/{company_id}', { params, body: { name } })))
    }
    const made = await unwrap(client.POST('/api/v1/companies', { body: { name, domain: domain || null } }))
    const password = newPassword()
    const path = { company_id: made.id }
    const body = { login, name: '', role: 'owner', password }
    await saver(unwrap(client.POST('/api/v1/companies/{company_id}/users', { params: { path }, body })))
    setTold({ login, password })
  }
  const suspend = row && {
    question: t('companies.suspendAsk', { name: row.name }),
    effect: t('companies.suspendEffect'),
    word: t('companies.suspend'),
    done: t('companies.suspendDone'),
    run: () => saver(unwrap(client.PUT('/api/v1/companies/{company_id}/suspension', { params }))),
  }
  return (
    <>
      <Editor
        open={open}
        title={row?.name ?? t('companies.add')}
        fields={row ? [NAME] : NEW}
        values={values}
        save={save}
        remove={suspend && !own && !row.suspended_at ? suspend : undefined}
        onClose={onClose}
      >
        {row && (
          <div className="row">
            <CompanyQuota id={row.id} />
            {row.suspended_at && <Resume id={row.id} />}
          </div>
        )}
      </Editor>
      {told && <Told {...told} onClose={() => setTold(null)} />}
    </>
  )
}

function Resume({ id }: { id: string }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const saver = useSaver('tenants')
  const params = { path: { company_id: id } }
  const resume = () =>
    void saver(unwrap(client.DELETE('/api/v1/companies/{company_id}/suspension', { params }))).catch(
      (error) => message.error(problemText(error, t)),
    )
  return <Button onClick={resume}>{t('companies.resume')}</Button>
}
