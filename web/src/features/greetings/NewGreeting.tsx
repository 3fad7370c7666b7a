import { InboxOutlined } from '@ant-design/icons'
import { App, Button, Drawer, Form, Input, Segmented, Upload } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { problemOf } from '~/api/client'
import { showProblem } from '~/ui/form'
import { useSaver } from '~/ui/useSaver'
import { Recorder } from './Recorder'

/** A new sound: a file from this computer, or one's own voice. */
export function NewGreeting({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const saver = useSaver('greetings')
  const [form] = Form.useForm<{ name: string }>()
  const [way, setWay] = useState('file')
  const [sound, setSound] = useState<Blob | null>(null)
  const [busy, setBusy] = useState(false)
  const close = () => {
    setSound(null)
    form.resetFields()
    onClose()
  }
  const save = async ({ name }: { name: string }) => {
    if (!sound) return void message.warning(t('greetings.noSound'))
    setBusy(true)
    try {
      await saver(upload(name, sound))
      message.success(t('form.saved'))
      close()
    } catch (error) {
      showProblem(error, form, message, t)
    } finally {
      setBusy(false)
    }
  }
  const take = (file: File) => {
    setSound(file)
    if (!form.getFieldValue('name')) form.setFieldValue('name', file.name.replace(/\.\w+$/, ''))
    return false
  }
  return (
    <Drawer
      open={open}
      onClose={close}
      title={t('greetings.add')}
      size={480}
      destroyOnHidden
      footer={
        <Button type="primary" loading={busy} disabled={!sound} onClick={form.submit}>
          {t('form.save')}
        </Button>
      }
    >
      <Form form={form} layout="vertical" requiredMark={false} onFinish={save}>
        <Form.Item
          name="name"
          label={t('greetings.name')}
          rules={[{ required: true, message: t('form.missing') }]}
        >
          <Input placeholder={t('greetings.nameHint')} />
        </Form.Item>
      </Form>
      <Segmented
        block
        value={way}
        onChange={setWay}
        options={['file', 'voice'].map((value) => ({ value, label: t(`greetings.${value}`) }))}
      />
      <div style={{ marginTop: 16 }}>
        {way === 'file' ? (
          <Upload.Dragger
            accept=".wav,.mp3,audio/wav,audio/mpeg"
            maxCount={1}
            beforeUpload={take}
            onRemove={() => setSound(null)}
          >
            <p style={{ fontSize: 30, color: 'var(--jade)', margin: 0 }}>
              <InboxOutlined />
            </p>
            <p>{t('greetings.drop')}</p>
            <p className="muted">{t('greetings.dropAbout')}</p>
          </Upload.Dragger>
        ) : (
          <Recorder onSound={setSound} />
        )}
      </div>
    </Drawer>
  )
}

/** A form with a file, which the generated client cannot send. */
async function upload(name: string, sound: Blob): Promise<void> {
  const body = new FormData()
  body.append('name', name)
  body.append('file', sound, 'greeting.wav')
  const answer = await fetch('/api/v1/greetings', { method: 'POST', body })
  if (!answer.ok) throw problemOf(answer.status, await answer.json().catch(() => null))
}
