import { Form, Input } from 'antd'
import { useTranslation } from 'react-i18next'

/** A new password and the same again, as `password` and `again` of the form around. */
export function NewPasswordFields() {
  const { t } = useTranslation()
  const long = { min: 10, max: 128, message: t('people.passwordRule') }
  return (
    <>
      <Form.Item
        name="password"
        label={t('profile.new')}
        rules={[{ required: true, message: t('form.missing') }, long]}
      >
        <Input.Password autoComplete="new-password" />
      </Form.Item>
      <Form.Item
        name="again"
        label={t('profile.again')}
        dependencies={['password']}
        rules={[
          ({ getFieldValue }) => ({
            validator: (_, value) =>
              value === getFieldValue('password')
                ? Promise.resolve()
                : Promise.reject(new Error(t('profile.differs'))),
          }),
        ]}
      >
        <Input.Password autoComplete="new-password" />
      </Form.Item>
    </>
  )
}
