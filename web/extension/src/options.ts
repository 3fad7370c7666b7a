import { connect, Refused, type Way } from './alo'
import { forget, keepSettings, readSettings } from './kept'
import { fillWords, reason, word } from './words'

// Which server, who one is, and which phone rings.

const at = <T extends HTMLElement>(id: string) => document.getElementById(id) as T
const form = at<HTMLFormElement>('form')
const told = at('told')

fillWords(document)
form.addEventListener('change', showWay)
form.addEventListener('submit', (event) => {
  event.preventDefault()
  void save()
})
at('forget').addEventListener('click', async () => {
  await forget()
  await showPresent()
  say(word('forgotten'), false)
})
showWay()
void showPresent()

function text(name: string): string {
  return String(new FormData(form).get(name) ?? '').trim()
}

function showWay(): void {
  const byKey = text('way') === 'key'
  at('by-key').hidden = !byKey
  at('by-login').hidden = byKey
}

async function showPresent(): Promise<void> {
  const settings = await readSettings()
  at('present').hidden = settings === null
  if (!settings) return
  at('who').textContent = word('connected', settings.extension, settings.who, settings.server)
  const server = form.elements.namedItem('server') as HTMLInputElement
  server.value ||= settings.server
}

async function save(): Promise<void> {
  const code = text('code')
  const way: Way =
    text('way') === 'key'
      ? { server: text('server'), key: { token: text('key'), extension: text('extension') } }
      : {
          server: text('server'),
          login: {
            login: text('login'),
            password: String(new FormData(form).get('password')),
            ...(code ? { code } : {}),
          },
        }
  say(word('connecting'), false)
  try {
    await keepSettings(await connect(way))
  } catch (error) {
    const why = error instanceof Refused ? error : new Refused('unknown')
    if (why.code === 'code_needed') at('code-line').hidden = false
    return say(reason(why), true)
  }
  for (const name of ['password', 'code', 'key'])
    (form.elements.namedItem(name) as HTMLInputElement).value = ''
  await showPresent()
  say(word('saved'), false)
}

function say(said: string, bad: boolean): void {
  told.textContent = said
  told.className = bad ? 'bad' : 'good'
}
