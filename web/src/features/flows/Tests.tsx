import { CheckCircleFilled, CloseCircleFilled, DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { App, Button, Form, Input, Select, Skeleton } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client, Problem, type Schema, unwrap } from '~/api/client'
import { problemText } from '~/lib/problem'
import { Failed } from '~/ui/Failed'
import { useSaver } from '~/ui/useSaver'
import { forApi, type Graph } from './graph'
import { testsQuery } from './queries'

type Test = Schema['FlowTest']

/** Imagined callers and where each has to end: what must stay true whatever is drawn. */
export function Tests({ flow, graph }: { flow: string; graph: Graph }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const saver = useSaver('flow')
  const stored = useQuery(testsQuery(flow))
  const items = stored.data?.items ?? []
  const ran = useQuery({
    queryKey: ['flow', flow, 'verdicts', graph, items],
    queryFn: () =>
      unwrap(
        client.POST('/api/v1/flows/{flow_id}/tests/run', {
          params: { path: { flow_id: flow } },
          body: { graph: forApi(graph) as unknown as Record<string, unknown> },
        }),
      ),
    enabled: items.length > 0,
    placeholderData: keepPreviousData,
    retry: false,
  })
  if (stored.error) return <Failed error={stored.error} retry={stored.refetch} />
  if (!stored.data) return <Skeleton active title={false} />
  const keep = async (next: Test[]) => {
    try {
      await saver(
        unwrap(
          client.PUT('/api/v1/flows/{flow_id}/tests', {
            params: { path: { flow_id: flow } },
            body: { items: next },
          }),
        ),
      )
      return true
    } catch (error) {
      const field = error instanceof Problem ? error.fields[0]?.message : undefined
      message.error(field ?? problemText(error, t))
      return false
    }
  }
  const verdict = (name: string) => ran.data?.items.find((one) => one.name === name)
  return (
    <div className="stack" style={{ marginTop: 16 }}>
      <p className="muted">{t('flowTest.about')}</p>
      {ran.error && items.length > 0 && <p role="alert">{t('walk.broken')}</p>}
      <ul className="flow-tests">
        {items.map((test, place) => {
          const told = ran.error ? undefined : verdict(test.name)
          return (
            <li key={test.name}>
              {told && (told.passed ? <Passed /> : <Failing />)}
              <div>
                <b>{test.name}</b>
                <div className="muted">
                  {[test.from, test.at, test.digits && t('flowTest.pressed', { keys: test.digits })]
                    .filter(Boolean)
                    .join(' · ')}
                  {' → '}
                  <code>{test.expect.node}</code>
                </div>
                {told && !told.passed && (
                  <div className="flow-test-found">{t('flowTest.endsAt', { node: told.found.node })}</div>
                )}
              </div>
              <Button
                type="text"
                size="small"
                icon={<DeleteOutlined />}
                aria-label={t('flowTest.remove', { name: test.name })}
                onClick={() => keep(items.filter((_, other) => other !== place))}
              />
            </li>
          )
        })}
      </ul>
      <NewTest nodes={Object.keys(graph.nodes)} add={(test) => keep([...items, test])} />
    </div>
  )
}

function Passed() {
  const { t } = useTranslation()
  return <CheckCircleFilled className="good" role="img" aria-label={t('flowTest.passed')} />
}

function Failing() {
  const { t } = useTranslation()
  return <CloseCircleFilled className="bad" role="img" aria-label={t('flowTest.failed')} />
}

interface Fields {
  name: string
  digits?: string
  from?: string
  at?: string
  node: string
}

function NewTest({ nodes, add }: { nodes: string[]; add: (test: Test) => Promise<boolean> }) {
  const { t } = useTranslation()
  const [form] = Form.useForm<Fields>()
  const [open, setOpen] = useState(false)
  if (!open)
    return (
      <Button icon={<PlusOutlined />} onClick={() => setOpen(true)}>
        {t('flowTest.add')}
      </Button>
    )
  const save = async ({ name, digits, from, at, node }: Fields) => {
    const test = {
      name,
      digits: digits ?? '',
      ...(from ? { from } : {}),
      ...(at ? { at: at.replace(' ', 'T') } : {}),
      expect: { node },
    }
    if (!(await add(test))) return
    form.resetFields()
    setOpen(false)
  }
  return (
    <Form form={form} layout="vertical" onFinish={save} requiredMark={false}>
      <Form.Item
        name="name"
        label={t('flowTest.name')}
        rules={[{ required: true, message: t('form.missing') }]}
      >
        <Input maxLength={200} placeholder={t('flowTest.nameExample')} />
      </Form.Item>
      <Form.Item name="digits" label={t('flowTest.digits')} extra={t('flowTest.digitsHelp')}>
        <Input maxLength={200} />
      </Form.Item>
      <Form.Item name="from" label={t('flowTest.from')}>
        <Input maxLength={100} placeholder="0901 234 567" />
      </Form.Item>
      <Form.Item name="at" label={t('flowTest.at')}>
        <Input placeholder="2026-12-24T20:00" />
      </Form.Item>
      <Form.Item
        name="node"
        label={t('flowTest.node')}
        rules={[{ required: true, message: t('form.missing') }]}
      >
        <Select showSearch options={nodes.map((value) => ({ value, label: value }))} />
      </Form.Item>
      <div className="row">
        <Button type="primary" htmlType="submit">
          {t('form.save')}
        </Button>
        <Button onClick={() => setOpen(false)}>{t('form.cancel')}</Button>
      </div>
    </Form>
  )
}
