import { expect, test } from 'vitest'
import { keyed } from './Questions'

const question = (text: string, key = '') => ({ key, text, weight: 1, most: 5, critical: false })

test('new questions get keys of their own, old ones keep theirs', () => {
  const keys = keyed([
    question('Chào hỏi đúng mực?', 'greeting'),
    question('Chào hỏi đúng mực?'),
    question('Chào hỏi, đúng mực'),
    question('???'),
  ]).map(({ key }) => key)
  expect(keys).toEqual(['greeting', 'chao_hoi_dung_muc', 'chao_hoi_dung_muc_2', 'q4'])
})
