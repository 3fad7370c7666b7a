import { DeleteOutlined, PlusOutlined, ReloadOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Alert, App, Button, Form, Input, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client, Problem, type Schema, unwrap } from '~/api/client'
import { useMay } from '~/lib/me'
import { problemText } from '~/lib/problem'
import { whenFull } from '~/lib/time'
import { Copy } from '~/ui/Copy'
import { Dot } from '~/ui/Dot'
import { Failed } from '~/ui/Failed'
import { useSaver } from '~/ui/useSaver'

type Device = Schema['Device']

const MODELS = ['yealink_t19_e2', 'grandstream_gxp1610'] as const

/** Desk phones that fetch their settings by themselves. */
export function DeskPhones({ id }: { id: string }) {
  const { t } = useTranslation()
  const mayEdit = useMay('edit_config')
  const { message } = App.useApp()
  const saver = useSaver('devices')
  const [path, setPath] = useState<string | null>(null)
  const params = { path: { extension_id: id } }
  const { data, error, refetch } = useQuery({
    queryKey: ['devices', id],
    queryFn: () => unwrap(client.GET('/api/v1/extensions/{extension_id}/devices', { params })),
    enabled: mayEdit,
  })
  if (!mayEdit) return null
  const told = (problem: unknown) => void message.error(problemText(problem, t))
  const add = async (body: Schema['NewDevice']) => {
    const made = await unwrap(client.POST('/api/v1/extensions/{extension_id}/devices', { params, body }))
    await saver(Promise.resolve())
    setPath(made.path)
  }
  const renew = ({ mac }: Device) =>
    unwrap(
      client.POST('/api/v1/extensions/{extension_id}/devices/{mac}/address', {
        params: { path: { extension_id: id, mac } },
      }),
    )
      .then((made) => saver(Promise.resolve()).then(() => setPath(made.path)))
      .catch(told)
  const remove = ({ mac }: Device) =>
    saver(
      unwrap(
        client.DELETE('/api/v1/extensions/{extension_id}/devices/{mac}', {
          params: { path: { extension_id: id, mac } },
        }),
      ),
    ).catch(told)
  return (
    <section className="stack" style={{ marginTop: 24 }}>
      <h3>{t('desk.phones')}</h3>
      <p className="muted">{t('desk.about')}</p>
      {error && <Failed error={error} retry={refetch} />}
      <ul className="plain">
        {data?.items.map((device) => (
          <li key={device.mac}>
            <div>
              <b>{t(`desk.${device.model}`)}</b> <code>{written(device.mac)}</code>
              <div>
                <Standing device={device} />
              </div>
            </div>
            <span className="row">
              <Button
                size="small"
                icon={<ReloadOutlined />}
                aria-label={t('desk.renewOf', { mac: written(device.mac) })}
                onClick={() => renew(device)}
              >
                {t('desk.renew')}
              </Button>
              <Button
                size="small"
                type="text"
                icon={<DeleteOutlined />}
                aria-label={t('desk.removeOf', { mac: written(device.mac) })}
                onClick={() => remove(device)}
              />
            </span>
          </li>
        ))}
      </ul>
      {path !== null && <Address path={path} />}
      <NewPhone add={add} />
    </section>
  )
}

function Standing({ device }: { device: Device }) {
  const { t } = useTranslation()
  if (device.waits_until)
    return <Dot tone="warn">{t('desk.waits', { at: whenFull(device.waits_until) })}</Dot>
  if (device.fetched_at)
    return (
      <Dot tone="good">
        {t('desk.fetched', { at: whenFull(device.fetched_at), from: device.fetched_from })}
      </Dot>
    )
  return <Dot tone="quiet">{t('desk.over')}</Dot>
}

/** The address to enter in the phone; it is shown this once. */
function Address({ path }: { path: string }) {
  const { t } = useTranslation()
  return (
    <Alert
      type="info"
      showIcon
      title={t('desk.address')}
      description={
        <>
          <Copy text={`${location.origin}${path}`} label={t('desk.address')} />
          <p>{t('desk.addressAbout')}</p>
          {location.protocol !== 'https:' && <p>{t('desk.needsHttps')}</p>}
        </>
      }
    />
  )
}

function NewPhone({ add }: { add: (body: Schema['NewDevice']) => Promise<void> }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const [form] = Form.useForm<Schema['NewDevice']>()
  const [open, setOpen] = useState(false)
  if (!open)
    return (
      <Button icon={<PlusOutlined />} onClick={() => setOpen(true)} style={{ alignSelf: 'flex-start' }}>
        {t('desk.add')}
      </Button>
    )
  const save = () =>
    add(form.getFieldsValue())
      .then(() => {
        form.resetFields()
        setOpen(false)
      })
      .catch((error) => {
        if (error instanceof Problem && error.fields.some(({ name }) => name === 'mac'))
          form.setFields([
            { name: 'mac', errors: [t(error.code === 'already_exists' ? 'desk.taken' : 'desk.badMac')] },
          ])
        else message.error(problemText(error, t))
      })
  // A form of its own would stand inside the extension's.
  return (
    <Form form={form} component={false} layout="vertical" initialValues={{ model: MODELS[0] }}>
      <Form.Item name="model" label={t('desk.model')}>
        <Select options={MODELS.map((value) => ({ value, label: t(`desk.${value}`) }))} />
      </Form.Item>
      <Form.Item name="mac" label={t('desk.mac')} extra={t('desk.macHelp')}>
        <Input placeholder="00:15:65:12:AB:34" maxLength={40} />
      </Form.Item>
      <div className="row">
        <Button type="primary" onClick={save}>
          {t('desk.makeAddress')}
        </Button>
        <Button onClick={() => setOpen(false)}>{t('form.cancel')}</Button>
      </div>
    </Form>
  )
}

const written = (mac: string): string => (mac.match(/../g) ?? []).join(':').toUpperCase()
