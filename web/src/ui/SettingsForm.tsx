import { App, Button, Form } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Field, Fields } from './Fields'
import { showProblem } from './form'

/** A form that stands on a page and keeps what is there; saving answers with what is kept now. */
export function SettingsForm<T extends object>({
  fields,
  values,
  save,
  disabled = false,
}: {
  fields: Field[]
  values: T
  save: (filled: T) => Promise<void>
  disabled?: boolean
}) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const [form] = Form.useForm<T>()
  const [busy, setBusy] = useState(false)
  const run = async (filled: T) => {
    setBusy(true)
    try {
      await save(filled)
      message.success(t('form.saved'))
    } catch (error) {
      showProblem(error, form, message, t)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Form
      form={form}
      layout="vertical"
      requiredMark={false}
      initialValues={values}
      disabled={disabled}
      onFinish={run}
    >
      <Fields fields={fields} />
      {!disabled && (
        <Button type="primary" htmlType="submit" loading={busy}>
          {t('form.save')}
        </Button>
      )}
    </Form>
  )
}
