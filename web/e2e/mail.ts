import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'

// A mail server of our own: it takes every mail and keeps it as a file.

export async function catchMail(
  host: string,
  folder: string,
): Promise<{ port: number; close: () => Promise<void> }> {
  mkdirSync(folder)
  let count = 0
  const keep = (mail: string) => writeFileSync(join(folder, `${String(count++).padStart(4, '0')}.eml`), mail)
  const server = createServer((socket) => take(socket, keep))
  await new Promise<void>((ready) => server.listen(0, host, ready))
  const known = server.address()
  if (known === null || typeof known === 'string') throw new Error('no port for mail')
  return { port: known.port, close: () => new Promise((done) => server.close(() => done())) }
}

function take(socket: Socket, keep: (mail: string) => void): void {
  let rest = ''
  let mail: string[] | null = null
  const say = (text: string) => socket.write(`${text}\r\n`)
  // The far side may hang up whenever it likes.
  socket.on('error', () => socket.destroy())
  socket.on('data', (chunk) => {
    const lines = (rest + chunk.toString('latin1')).split('\r\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      if (mail === null) {
        if (line === 'DATA') mail = []
        say(line === 'DATA' ? '354 go on' : line === 'QUIT' ? '221 bye' : '250 fine')
      } else if (line === '.') {
        keep(mail.join('\n'))
        mail = null
        say('250 fine')
      } else {
        mail.push(line)
      }
    }
  })
  say('220 catcher')
}

/** The link in the newest mail to this address. */
export function mailedLink(folder: string, to: string): string | undefined {
  const mails = readdirSync(folder)
    .sort()
    .map((name) => readFileSync(join(folder, name), 'latin1'))
    .filter((mail) => mail.includes(`To: ${to}`))
  const mail = mails.at(-1)
  return mail === undefined ? undefined : /http\S+\/password#\w+/.exec(textOf(mail))?.[0]
}

function textOf(mail: string): string {
  const [head = '', ...body] = mail.split('\n\n')
  const text = body.join('\n\n')
  if (/transfer-encoding: base64/i.test(head)) return Buffer.from(text, 'base64').toString('utf8')
  // Quoted-printable: soft breaks, then the signs; the link itself is plain.
  return text
    .replaceAll('=\n', '')
    .replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
}
