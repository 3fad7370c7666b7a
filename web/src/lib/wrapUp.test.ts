import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { client } from '~/api/client'
import { draft, draftOf, send, unsent } from './wrapUp'

const store = new Map<string, string>()

beforeEach(() => {
  store.clear()
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => store.get(key) ?? null,
    setItem: (key: string, value: string) => store.set(key, value),
  })
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

const answering = (...statuses: number[]) => {
  const bodies: unknown[] = []
  vi.spyOn(client, 'PATCH').mockImplementation((async (_path: string, { body }: { body: unknown }) => {
    bodies.push(body)
    return { data: {}, response: new Response(null, { status: statuses.shift() ?? 200 }) }
  }) as never)
  return bodies
}

test('what is still written is not sent, and what is done is sent once', async () => {
  const bodies = answering()
  draft('lan', 'call_1', { text: 'wants two' })
  await send('lan', 'call_1')
  expect(bodies).toEqual([])
  draft('lan', 'call_1', { disposition: 'dsp_1', done: true })
  await send('lan', 'call_1')
  expect(bodies).toEqual([{ disposition: 'dsp_1', text: 'wants two' }])
  expect([unsent('lan'), draftOf('lan', 'call_1').text]).toEqual([[], ''])
})

test('a record that is not there yet is asked for again, and a refusal is told', async () => {
  answering(404, 200)
  draft('lan', 'call_1', { text: 'x', done: true })
  await send('lan', 'call_1')
  expect(unsent('lan')).toEqual([])
  answering(422)
  draft('lan', 'call_1', { text: 'x', done: true })
  await expect(send('lan', 'call_1')).rejects.toThrow()
  expect(unsent('lan'), 'nothing is lost').toEqual(['call_1'])
  expect(unsent('minh'), 'each person has their own').toEqual([])
})
