import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { en } from './en'
import { vi } from './vi'

const source = new URL('..', import.meta.url).pathname

/** All keys of a tree of words, plural forms folded into one. */
function keysOf(tree: object, path = ''): string[] {
  return Object.entries(tree).flatMap(([key, value]) => {
    const here = path === '' ? key : `${path}.${key}`
    return typeof value === 'object' ? keysOf(value, here) : [here.replace(/_(one|other)$/, '')]
  })
}

const inVi = new Set(keysOf(vi))
const inEn = new Set(keysOf(en))

const known = (key: string) => inVi.has(key) || [...inVi].some((one) => one.startsWith(`${key}.`))

function files(): { name: string; text: string }[] {
  return readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !name.includes('locales') && !name.endsWith('.test.ts'))
    .map((name) => ({ name, text: readFileSync(join(source, name), 'utf8') }))
}

test('both languages say the same things', () => {
  expect([...inVi].filter((key) => !inEn.has(key))).toEqual([])
  expect([...inEn].filter((key) => !inVi.has(key))).toEqual([])
})

test('every word that a screen asks for exists', () => {
  const missing: string[] = []
  for (const { name, text } of files()) {
    for (const [, key] of text.matchAll(/\bt\(\s*'([\w.]+)'/g)) {
      if (key && !known(key)) missing.push(`${name}: ${key}`)
    }
    for (const [, key] of text.matchAll(/(?:label|help): '([a-z]\w*\.\w+)'/g)) {
      if (key && !known(key)) missing.push(`${name}: ${key}`)
    }
    for (const [, start] of text.matchAll(/\bt\(\s*`([\w.]+\.)\$\{/g)) {
      if (start && ![...inVi].some((key) => key.startsWith(start))) missing.push(`${name}: ${start}…`)
    }
  }
  expect(missing).toEqual([])
})

test('no value is left out of a sentence in one of the languages', () => {
  const values = (text: unknown) =>
    [...String(text).matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name).sort()
  const at = (tree: object, path: string) =>
    path.split('.').reduce<unknown>((node, key) => {
      const here = node as Record<string, unknown> | undefined
      return here?.[key] ?? here?.[`${key}_other`]
    }, tree)
  for (const key of inVi) expect([key, values(at(en, key))]).toEqual([key, values(at(vi, key))])
})
