import { DownloadOutlined, FolderOpenOutlined } from '@ant-design/icons'
import { useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, Input, Upload } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Problem, problemOf, type Schema } from '~/api/client'
import { problemText } from '~/lib/problem'
import { Page } from '~/ui/Page'
import { Planned } from './Planned'

type Plan = Schema['ConfigurationPlan']

/** Sends the text as it is; the client made from the document knows JSON only. */
async function send(what: 'plan' | 'apply', text: string): Promise<Plan> {
  const answer = await fetch(`/api/v1/configuration/${what}`, {
    method: 'POST',
    credentials: 'same-origin',
    headers: { 'Content-Type': 'application/yaml' },
    body: text,
  }).catch(() => {
    throw new Problem(0, 'offline', '')
  })
  const body: unknown = await answer.json().catch(() => undefined)
  if (!answer.ok) throw problemOf(answer.status, body)
  return body as Plan
}

/** The company as a text: brought here, changed, looked at as a plan, applied as a whole. */
export function Configuration() {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const queries = useQueryClient()
  const [text, setText] = useState('')
  const [plan, setPlan] = useState<Plan | null>(null)
  const [wrong, setWrong] = useState<Problem | null>(null)
  const [busy, setBusy] = useState<'plan' | 'apply' | 'bring' | null>(null)
  const change = (next: string) => {
    setText(next)
    setPlan(null)
    setWrong(null)
  }
  const ask = async (what: 'plan' | 'apply') => {
    setBusy(what)
    setWrong(null)
    try {
      const told = await send(what, text)
      setPlan(told)
      if (what === 'apply') {
        message.success(t('asText.done'))
        await queries.invalidateQueries()
      }
    } catch (error) {
      setPlan(null)
      if (error instanceof Problem) setWrong(error)
      else message.error(problemText(error, t))
    } finally {
      setBusy(null)
    }
  }
  const bring = async () => {
    setBusy('bring')
    try {
      const answer = await fetch('/api/v1/configuration', { credentials: 'same-origin' })
      if (!answer.ok) throw problemOf(answer.status, await answer.json())
      change(await answer.text())
    } catch (error) {
      message.error(problemText(error, t))
    } finally {
      setBusy(null)
    }
  }
  return (
    <Page
      title={t('menu.configuration')}
      about={t('asText.about')}
      actions={
        <Button icon={<DownloadOutlined />} href="/api/v1/configuration" download="alo.yaml">
          {t('asText.download')}
        </Button>
      }
    >
      <div className="as-text">
        <section className="stack">
          <div className="row">
            <Button loading={busy === 'bring'} onClick={bring}>
              {t('asText.bring')}
            </Button>
            <Upload
              accept=".yaml,.yml,text/plain"
              showUploadList={false}
              beforeUpload={async (file) => {
                change(await file.text())
                return false
              }}
            >
              <Button icon={<FolderOpenOutlined />}>{t('asText.open')}</Button>
            </Upload>
          </div>
          <Input.TextArea
            className="as-text-field"
            aria-label={t('asText.text')}
            spellCheck={false}
            placeholder={t('asText.placeholder')}
            value={text}
            onChange={(event) => change(event.target.value)}
          />
          <div className="row">
            <Button
              type={plan ? 'default' : 'primary'}
              disabled={text.trim() === ''}
              loading={busy === 'plan'}
              onClick={() => ask('plan')}
            >
              {t('asText.plan')}
            </Button>
            <Button
              type={plan ? 'primary' : 'default'}
              disabled={!plan || plan.applied || plan.changes.length === 0}
              loading={busy === 'apply'}
              onClick={() => ask('apply')}
            >
              {t('asText.apply')}
            </Button>
          </div>
        </section>
        <section className="stack" aria-live="polite" aria-label={t('asText.outcome')}>
          {wrong && <Wrong problem={wrong} />}
          {plan && <Planned plan={plan} />}
          {!wrong && !plan && <p className="muted">{t('asText.hint')}</p>}
        </section>
      </div>
    </Page>
  )
}

function Wrong({ problem }: { problem: Problem }) {
  const { t } = useTranslation()
  return (
    <Alert
      type="error"
      showIcon
      title={problem.fields.length > 0 ? t('asText.wrong') : problemText(problem, t)}
      description={
        <ul className="plain">
          {problem.fields.map(({ name, message }) => (
            <li key={name}>
              <code>{name}</code>: {message}
            </li>
          ))}
        </ul>
      }
    />
  )
}
