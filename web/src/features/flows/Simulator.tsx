import { Button, Space } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client, Problem, type Schema, unwrap } from '~/api/client'
import { Story } from '~/features/calls/Trail'
import { problemText } from '~/lib/problem'
import { DIGITS, forApi, type Graph } from './graph'

type Line = Schema['SimulationLine']

interface Props {
  graph: Graph
  onSaid: (said: { name: string; message: string }[]) => void
  onWalked: (nodes: string[]) => void
}

/** Be the caller: press keys and see where the draft takes you, before anybody else is taken there. */
export function Simulator({ graph, onSaid, onWalked }: Props) {
  const { t } = useTranslation()
  const [digits, setDigits] = useState('')
  const [story, setStory] = useState<Line[]>([])
  const [fault, setFault] = useState('')
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is told does not change the walk
  useEffect(() => {
    let old = false
    unwrap(client.POST('/api/v1/simulation/flow', { body: { graph: forApi(graph), digits } }))
      .then(({ items }) => {
        if (old) return
        setFault('')
        setStory(items)
        onWalked(nodesOf(items))
      })
      .catch((error) => {
        if (old) return
        setStory([])
        setFault(
          error instanceof Problem && error.fields.length > 0 ? t('walk.broken') : problemText(error, t),
        )
        if (error instanceof Problem) onSaid(error.fields)
      })
    return () => {
      old = true
    }
  }, [graph, digits])
  const press = (step: string) => setDigits((before) => before + step)
  return (
    <div className="stack" style={{ marginTop: 16 }}>
      <p className="muted">{t('walk.about')}</p>
      <div className="keypad">
        {DIGITS.slice(0, 9)
          .concat('*', '0', '#')
          .map((digit) => (
            <Button key={digit} onClick={() => press(digit)}>
              {digit}
            </Button>
          ))}
      </div>
      <Space wrap>
        <Button size="small" onClick={() => press(',')}>
          {t('walk.wait')}
        </Button>
        <Button size="small" onClick={() => press('!')}>
          {t('walk.noAnswer')}
        </Button>
        <Button size="small" onClick={() => press('b')}>
          {t('walk.busy')}
        </Button>
        <Button size="small" type="link" disabled={digits === ''} onClick={() => setDigits('')}>
          {t('walk.again')}
        </Button>
      </Space>
      {fault !== '' ? <p role="alert">{fault}</p> : <Story steps={story} />}
    </div>
  )
}

const nodesOf = (story: Line[]) =>
  story
    .filter(({ step }) => step === 'flow_node')
    .flatMap(({ facts }) => facts.filter(({ name }) => name === 'node').map(({ value }) => value))
