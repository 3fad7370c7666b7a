// The JavaScript of the first screen, as a browser fetches it, must stay within its budget.
import { readFileSync, statSync } from 'node:fs'

const BUDGET_KB = 350
const folder = new URL('../dist/', import.meta.url).pathname
const page = readFileSync(`${folder}index.html`, 'utf8')
const first = [...page.matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map(([, name]) => name)
const packed = (name) => {
  try {
    return statSync(`${folder}${name}.br`).size
  } catch {
    return statSync(folder + name).size
  }
}
// The home screen, the words and what they need come right after the page.
const seen = new Set()
const visit = (name) => {
  if (seen.has(name)) return
  seen.add(name)
  for (const [, next] of readFileSync(folder + name, 'utf8').matchAll(
    /(?:from|import)\s*["']\.\/([\w.-]+\.js)["']/g,
  ))
    visit(`assets/${next}`)
}
for (const name of first) visit(name)
const kb = [...seen].reduce((sum, name) => sum + packed(name), 0) / 1000
if (kb > BUDGET_KB)
  throw new Error(`the first page takes ${kb.toFixed(0)} kB of JavaScript, ${BUDGET_KB} kB is the limit`)
process.stdout.write(`first page: ${kb.toFixed(0)} kB of JavaScript (brotli), ${seen.size} files\n`)
