import { expect, test } from 'vitest'
import { arrowOf, type Entry, type Participant, placesOf, weightOf } from './columns'

const leg = (number: number, outgoing: boolean) => ({ leg: number, outgoing }) as Participant
const said = (number: number, sent: boolean, status: number | null = null) =>
  ({ leg: number, kind: 'message', message: { sent, status } }) as Entry

test('who came stands left of us, whom we called right', () => {
  const places = placesOf([leg(0, false), leg(1, true), leg(2, true)])
  expect([places.count, places.ours]).toEqual([4, 1])
  expect([0, 1, 2].map(places.of)).toEqual([0, 2, 3])
  expect(placesOf([leg(0, true), leg(1, true)]).ours, 'a call that we began has nobody on the left').toBe(0)
})

test('an arrow points from who speaks to who listens', () => {
  const places = placesOf([leg(0, false), leg(1, true), leg(2, true)])
  expect(arrowOf(said(0, false), places)).toEqual({ from: 0, to: 1, right: true })
  expect(arrowOf(said(0, true), places)).toEqual({ from: 0, to: 1, right: false })
  expect(arrowOf(said(2, true), places)).toEqual({ from: 1, to: 3, right: true })
  expect(arrowOf(said(2, false), places)).toEqual({ from: 1, to: 3, right: false })
})

test('a challenge is no failure', () => {
  expect([null, 180, 200, 401, 407, 486, 503].map((status) => weightOf(said(0, true, status)))).toEqual([
    'request',
    'provisional',
    'good',
    'good',
    'good',
    'bad',
    'bad',
  ])
  expect(weightOf({ leg: 0, kind: 'digit' } as Entry)).toBe('note')
})
