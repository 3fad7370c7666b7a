// Builds the Chrome extension into extension/dist, to be loaded unpacked, and packs it as dist/alo-extension.zip.
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'vite'
import { zip } from './zip.mjs'

const source = new URL('../extension/', import.meta.url).pathname
const built = join(source, 'dist')
rmSync(built, { recursive: true, force: true })
mkdirSync(built)
for (const name of [
  'manifest.json',
  '_locales',
  'icons',
  'page.css',
  'content.css',
  'popup.html',
  'options.html',
])
  cpSync(join(source, name), join(built, name), { recursive: true })

// A content script cannot be a module: each script is one file of its own.
for (const name of ['worker', 'content', 'popup', 'options']) {
  await build({
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    build: {
      outDir: built,
      emptyOutDir: false,
      target: 'chrome128',
      lib: {
        entry: join(source, `src/${name}.ts`),
        formats: ['iife'],
        name: 'alo',
        fileName: () => `${name}.js`,
      },
    },
  })
}

const files = readdirSync(built, { recursive: true })
  .filter((name) => statSync(join(built, name)).isFile())
  .sort()
  .map((name) => ({ name: `alo-extension/${name}`, bytes: readFileSync(join(built, name)) }))
const dist = new URL('../dist/', import.meta.url).pathname
mkdirSync(dist, { recursive: true })
writeFileSync(join(dist, 'alo-extension.zip'), zip(files))
