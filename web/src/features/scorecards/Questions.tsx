import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { Button, Checkbox, Input, InputNumber } from 'antd'
import { useTranslation } from 'react-i18next'
import type { Schema } from '~/api/client'
import { fold } from '~/lib/phone'

type Question = Schema['ScorecardQuestion']

interface Props {
  value?: Question[]
  onChange?: (questions: Question[]) => void
  id?: string
}

/** The questions of a card, with what each counts. */
export function Questions({ value = [], onChange, id }: Props) {
  const { t } = useTranslation()
  const change = (at: number, part: Partial<Question>) =>
    onChange?.(value.map((one, place) => (place === at ? { ...one, ...part } : one)))
  return (
    <div id={id}>
      {value.map((one, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the list is edited in place
        <fieldset key={at} className="plain-set" style={{ marginBottom: 16 }}>
          <div className="row" style={{ flexWrap: 'nowrap' }}>
            <Input
              style={{ flex: 1 }}
              maxLength={500}
              aria-label={t('scores.question', { number: at + 1 })}
              placeholder={t('scores.questionHint')}
              value={one.text}
              onChange={(event) => change(at, { text: event.target.value })}
            />
            <Button
              type="text"
              icon={<DeleteOutlined />}
              aria-label={t('scores.drop')}
              onClick={() => onChange?.(value.filter((_, place) => place !== at))}
            />
          </div>
          <div className="row" style={{ marginTop: 4 }}>
            <InputNumber
              style={{ width: 150 }}
              min={1}
              max={100}
              prefix={t('scores.weight')}
              aria-label={t('scores.weight')}
              value={one.weight}
              onChange={(weight) => change(at, { weight: weight ?? 1 })}
            />
            <InputNumber
              style={{ width: 150 }}
              min={1}
              max={100}
              prefix={t('scores.most')}
              aria-label={t('scores.most')}
              value={one.most}
              onChange={(most) => change(at, { most: most ?? 1 })}
            />
            <Checkbox
              checked={one.critical ?? false}
              onChange={(event) => change(at, { critical: event.target.checked })}
            >
              {t('scores.critical')}
            </Checkbox>
          </div>
        </fieldset>
      ))}
      <Button
        icon={<PlusOutlined />}
        onClick={() => onChange?.([...value, { key: '', text: '', weight: 1, most: 5, critical: false }])}
      >
        {t('scores.addQuestion')}
      </Button>
    </div>
  )
}

/** Gives each new question a key made from its text, and leaves those that have one. */
export function keyed(questions: Question[]): Question[] {
  const taken = new Set(questions.map(({ key }) => key).filter(Boolean))
  return questions.map((question, at) => {
    if (question.key) return question
    const plain = fold(question.text)
      .replace(/[^a-z0-9]+/g, '_')
      .replace(/^_+|_+$/g, '')
      .slice(0, 36)
    let key = plain || `q${at + 1}`
    for (let number = 2; taken.has(key); number++) key = `${plain || 'q'}_${number}`
    taken.add(key)
    return { ...question, key }
  })
}
