import { App, Button, Drawer, Form } from 'antd'
import { type ReactNode, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Field, Fields } from './Fields'
import { showProblem } from './form'

type Values = Record<string, unknown>

interface Props {
  open: boolean
  title: string
  fields: Field[]
  /** What the form begins with. */
  values: Values
  /** Saves; what it throws is shown at its field. */
  save?: ((values: Values) => Promise<void>) | undefined
  /** Deletes, after a question; `effect` says what it means. */
  remove?:
    | { run: () => Promise<void>; question: string; effect: string; word?: string; done?: string }
    | undefined
  onClose: () => void
  /** More about the thing, under the form. */
  children?: ReactNode
}

/** The pane in which one thing is made or changed. What was typed is not lost by a slip. */
export function Editor({ open, title, fields, values, save, remove, onClose, children }: Props) {
  const { t } = useTranslation()
  const { message, modal } = App.useApp()
  const [form] = Form.useForm()
  const [busy, setBusy] = useState(false)
  useEffect(() => {
    if (!open) return
    form.resetFields()
    form.setFieldsValue(values)
  }, [open, form, values])
  const leave = () => {
    if (!form.isFieldsTouched()) return onClose()
    modal.confirm({
      title: t('form.unsaved'),
      content: t('form.unsavedAbout'),
      okText: t('form.discard'),
      onOk: onClose,
    })
  }
  const run = async (work: () => Promise<void>, done: string) => {
    setBusy(true)
    try {
      await work()
      message.success(done)
      onClose()
    } catch (error) {
      showProblem(error, form, message, t)
    } finally {
      setBusy(false)
    }
  }
  const ask = () =>
    modal.confirm({
      title: remove?.question,
      content: remove?.effect,
      okText: remove?.word ?? t('form.remove'),
      okButtonProps: { danger: true },
      onOk: () => remove && run(remove.run, remove.done ?? t('form.removed')),
    })
  return (
    <Drawer
      open={open}
      onClose={leave}
      title={title}
      size={480}
      destroyOnHidden
      forceRender
      footer={
        (save || remove) && (
          <div className="row between">
            <span className="row">
              {save && (
                <Button type="primary" loading={busy} onClick={form.submit}>
                  {t('form.save')}
                </Button>
              )}
              <Button onClick={leave}>{t('form.cancel')}</Button>
            </span>
            {remove && (
              <Button danger type="text" onClick={ask}>
                {remove.word ?? t('form.remove')}
              </Button>
            )}
          </div>
        )
      }
    >
      <Form
        form={form}
        layout="vertical"
        disabled={!save}
        requiredMark={false}
        onFinish={(filled) => save && run(() => save({ ...values, ...filled }), t('form.saved'))}
      >
        <Fields fields={fields} />
      </Form>
      {children}
    </Drawer>
  )
}
