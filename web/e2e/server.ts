import { type ChildProcess, spawn } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { catchMail } from './mail'

// The real binary with its demo company, on an address of its own, for the length of the run.

const BINARY = process.env.ALO_BIN ?? '../target/debug/alo'
const READY_MS = 30_000

/** An address of loopback that nobody else uses: by the number of this process. */
const address = `127.77.${1 + (Math.floor(process.pid / 250) % 250)}.${2 + (process.pid % 250)}`

export default async function start(): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'alo-web-e2e-'))
  const config = join(folder, 'alo.toml')
  const mails = join(folder, 'mails')
  const post = await catchMail(address, mails)
  writeFileSync(config, settings(folder, post.port))
  // A copy, so that a test may put a newer build in its place.
  const ui = join(folder, 'ui')
  cpSync(new URL('../dist', import.meta.url), ui, { recursive: true })
  // What the binary holds itself is packed as for a browser far away; a folder is not.
  const from = process.env.ALO_UI_BUILT ? [] : ['--ui-dir', ui]
  const child = spawn(BINARY, ['serve', '--config', config, ...from], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const told = await greeting(child)
  const [, login, password] = /admin\s+(\S+)\s+password\s+(\S+)/.exec(told) ?? []
  if (!login || !password) throw new Error(`the server told no login:\n${told}`)
  Object.assign(process.env, {
    ALO_URL: `http://${address}:8080`,
    ALO_LOGIN: login,
    ALO_PASSWORD: password,
    ALO_MAILS: mails,
    ALO_UI: ui,
  })
  return async () => {
    const gone = new Promise((done) => child.once('exit', done))
    child.kill('SIGTERM')
    // Calls of the demo may be up; a second signal does not wait for them.
    child.kill('SIGINT')
    await gone
    await post.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

function settings(folder: string, mail: number): string {
  return [
    `data_dir = "${folder}/data"`,
    '[http]',
    `listen = "${address}:8080"`,
    '[sip]',
    `udp = ["${address}:5060"]`,
    `tcp = ["${address}:5060"]`,
    '[media]',
    `bind = "${address}"`,
    'ports = "20000-20499"',
    '[webhooks]',
    'allow = ["127.0.0.0/8"]',
    '[mail]',
    `url = "smtp://${address}:${mail}"`,
    'from = "Alo <no-reply@alo.test>"',
    '[stop]',
    'wait_s = 1',
  ].join('\n')
}

/** What the server says until it is ready. */
function greeting(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let told = ''
    const late = setTimeout(() => reject(new Error(`the server did not get ready:\n${told}`)), READY_MS)
    const hear = (chunk: Buffer) => {
      told += chunk.toString()
      if (!told.includes('alo is ready')) return
      clearTimeout(late)
      resolve(told)
    }
    child.stdout?.on('data', hear)
    child.stderr?.on('data', hear)
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}:\n${told}`)))
    child.once('error', reject)
  })
}
