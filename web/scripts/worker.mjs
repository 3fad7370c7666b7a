// Writes dist/sw.js: the service worker with the list of what it keeps and a name that changes with every build.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'

const dist = new URL('../dist/', import.meta.url)
const source = readFileSync(new URL('../worker/sw.js', import.meta.url), 'utf8')

// Hashed files, and the few others that the page without a network shows. Fonts only as the page asks for them.
const hashed = readdirSync(new URL('assets/', dist))
  .filter((name) => /\.(js|css)$/.test(name))
  .sort()
  .map((name) => `/assets/${name}`)
const others = ['/offline.html', '/offline.js', '/icon.svg']
const hash = createHash('sha256').update(source)
for (const name of ['index.html', ...others.map((other) => other.slice(1))])
  hash.update(readFileSync(new URL(name, dist)))
for (const name of hashed) hash.update(name)

const head = `const BUILD = ${JSON.stringify(hash.digest('hex').slice(0, 12))}
const FILES = ${JSON.stringify([...hashed, ...others])}
`
writeFileSync(new URL('sw.js', dist), head + source)
