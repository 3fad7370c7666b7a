import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const folder = new URL('..', import.meta.url).pathname
const read = (name: string) => readFileSync(folder + name, 'utf8')
const words = (language: string) =>
  JSON.parse(read(`_locales/${language}/messages.json`)) as Record<string, { message: string }>

test('both languages have the same words with the same values', () => {
  const [vi, en] = [words('vi'), words('en')]
  expect(Object.keys(vi)).toEqual(Object.keys(en))
  for (const [key, { message }] of Object.entries(vi))
    expect([key, message.match(/\$\d/g)]).toEqual([key, en[key]?.message.match(/\$\d/g) ?? null])
})

test('every word that a page or a script asks for exists', () => {
  const known = words('vi')
  const sources = readdirSync(`${folder}src`).map((name) => read(`src/${name}`))
  const asked = [
    ...sources.join('\n').matchAll(/\bword\('(\w+)'/g),
    ...[read('popup.html'), read('options.html')].join('\n').matchAll(/data-(?:word|hint)="(\w+)"/g),
    ...read('manifest.json').matchAll(/__MSG_(\w+)__/g),
  ].map(([, key]) => key ?? '')
  expect(asked.length).toBeGreaterThan(30)
  expect(asked.filter((key) => !(key in known))).toEqual([])
})
