import { expect, test } from 'vitest'
import { type Found, stepsOf } from './steps'

const nothing: Found = { extensions: [], phones: [], trunks: [], flows: [], hotlines: [], recorded: false }
const done = (found: Partial<Found>) =>
  stepsOf({ ...nothing, ...found })
    .filter((step) => step.done)
    .map(({ key }) => key)

test('a new company has everything before it', () => {
  expect(done({})).toEqual([])
})

test('a carrier that is turned off takes no calls, so its step is not done', () => {
  const trunk = (enabled: boolean) => ({ enabled }) as Found['trunks'][number]
  expect(done({ trunks: [trunk(false)] })).toEqual([])
  expect(done({ trunks: [trunk(false), trunk(true)] })).toEqual(['trunk'])
})

test('a recorded call proves that there was a phone, although it is off now', () => {
  expect(done({ recorded: true })).toEqual(['phone', 'call'])
})
