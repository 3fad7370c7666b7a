import { App, Checkbox, Form, Input, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client, type Schema, unwrap } from '~/api/client'
import { Copy } from '~/ui/Copy'
import { showProblem } from '~/ui/form'
import { Qr } from '~/ui/Qr'
import { Proof } from './Proof'

/** From the password over the picture for the app to the recovery codes. */
export function Enrol({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const [app, setApp] = useState<Schema['SecondFactorEnrolment'] | null>(null)
  const [codes, setCodes] = useState<string[] | null>(null)
  const begin = async (password: string) => {
    setApp(await unwrap(client.POST('/api/v1/session/second-factor', { body: { password } })))
  }
  if (codes) return <Codes codes={codes} onClose={onClose} />
  if (app) return <Scan app={app} onCodes={setCodes} onClose={onClose} />
  return (
    <Proof title={t('factor.turnOn')} about={t('factor.proofAbout')} onProven={begin} onClose={onClose} />
  )
}

function Scan({
  app,
  onCodes,
  onClose,
}: {
  app: Schema['SecondFactorEnrolment']
  onCodes: (codes: string[]) => void
  onClose: () => void
}) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const [form] = Form.useForm<{ code: string }>()
  const [busy, setBusy] = useState(false)
  const confirm = async ({ code }: { code: string }) => {
    setBusy(true)
    try {
      onCodes((await unwrap(client.POST('/api/v1/session/second-factor/confirm', { body: { code } }))).codes)
    } catch (error) {
      showProblem(error, form, message, t)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Modal
      open
      title={t('factor.scan')}
      onOk={form.submit}
      onCancel={onClose}
      confirmLoading={busy}
      okText={t('factor.confirm')}
      cancelText={t('form.cancel')}
    >
      <p className="muted">{t('factor.scanAbout')}</p>
      <div className="factor-scan">
        <Qr text={app.uri} label={t('factor.scan')} size={176} />
        <div>
          <p className="muted">{t('factor.type')}</p>
          <Copy text={app.secret} label={t('factor.secret')} />
        </div>
      </div>
      <Form form={form} layout="vertical" requiredMark={false} onFinish={confirm}>
        <Form.Item
          name="code"
          label={t('factor.code')}
          rules={[{ required: true, message: t('form.missing') }]}
        >
          <Input autoFocus autoComplete="one-time-code" inputMode="numeric" maxLength={10} />
        </Form.Item>
      </Form>
    </Modal>
  )
}

/** Shown this once; the pane does not close before somebody says that they are kept. */
function Codes({ codes, onClose }: { codes: string[]; onClose: () => void }) {
  const { t } = useTranslation()
  const [noted, setNoted] = useState(false)
  return (
    <Modal
      open
      title={t('factor.codes')}
      closable={false}
      onOk={onClose}
      okButtonProps={{ disabled: !noted }}
      cancelButtonProps={{ hidden: true }}
      okText={t('people.done')}
    >
      <p className="muted">{t('factor.codesAbout')}</p>
      <Copy text={codes.join('\n')} label={t('factor.codes')} />
      <Checkbox
        style={{ marginTop: 16, display: 'flex' }}
        checked={noted}
        onChange={(event) => setNoted(event.target.checked)}
      >
        {t('factor.noted')}
      </Checkbox>
    </Modal>
  )
}
