// Lays a brotli and a gzip form beside each built file, so that the server packs nothing while it runs.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const folder = new URL('../dist/', import.meta.url).pathname
const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }

for (const name of readdirSync(folder, { recursive: true })) {
  if (!/\.(js|css|html|svg|json|webmanifest)$/.test(name)) continue
  const file = join(folder, name)
  const plain = readFileSync(file)
  if (plain.length < 512) continue
  writeFileSync(`${file}.br`, brotliCompressSync(plain, quality))
  writeFileSync(`${file}.gz`, gzipSync(plain, { level: 9 }))
}
