import { type Recent, Refused, readRecents, type Settings } from './alo'
import { isOff, readDialled, readSettings, turn } from './kept'
import type { Message, Order, Placed } from './messages'
import { findNumbers } from './numbers'
import { readable } from './read'
import { fillWords, reason, word } from './words'

// The dialler behind the icon: a number, the last calls, and whether numbers are marked on the page in front.

const at = <T extends HTMLElement>(id: string) => document.getElementById(id) as T
const field = at<HTMLInputElement>('number')
const told = at('told')

fillWords(document)
at('options').addEventListener('click', () => void chrome.runtime.openOptionsPage())
at('dial').addEventListener('submit', (event) => {
  event.preventDefault()
  const number = findNumbers(field.value)[0]?.number ?? field.value.replace(/[^\d+*#]/g, '')
  if (number !== '') void call(number)
})
void start()

async function start(): Promise<void> {
  await followSite()
  const settings = await readSettings()
  at('dial').hidden = settings === null
  at('unset').hidden = settings !== null
  if (!settings) return
  at('who').textContent = `${settings.extension} · ${settings.who}`
  field.focus()
  await list(settings)
}

async function call(number: string): Promise<void> {
  say(word('calling', readable(number)), false)
  const message: Message = { type: 'call', number }
  const placed = await chrome.runtime.sendMessage<Message, Placed>(message)
  if (placed.ok) say(word('ringing', placed.extension), false)
  else say(reason(placed), true)
}

function say(text: string, bad: boolean): void {
  told.textContent = text
  told.className = bad ? 'bad' : 'good'
}

/** The server's history where one may read it; else what was called from here. */
async function list(settings: Settings): Promise<void> {
  try {
    draw((await readRecents(settings)) ?? (await readDialled()))
  } catch (error) {
    draw(await readDialled())
    if (error instanceof Refused) say(reason(error), true)
  }
}

function draw(recents: Recent[]): void {
  const language = document.documentElement.lang
  const time = new Intl.DateTimeFormat(language, { dateStyle: 'short', timeStyle: 'short' })
  const lines = recents.map(({ number, at: when, status }) => {
    const line = document.createElement('li')
    const button = document.createElement('button')
    button.type = 'button'
    const name = document.createElement('strong')
    name.textContent = readable(number)
    const about = document.createElement('span')
    about.textContent = [status && word(`status_${status}`), time.format(when)].filter(Boolean).join(' · ')
    button.append(name, about)
    button.title = word('call', readable(number))
    button.addEventListener('click', () => void call(number))
    line.append(button)
    return line
  })
  at('recents').replaceChildren(...lines)
  at('none').hidden = lines.length > 0
}

async function followSite(): Promise<void> {
  const [tab] = await chrome.tabs.query({ active: true, currentWindow: true })
  const host = tab?.url && /^https?:/.test(tab.url) ? new URL(tab.url).host : null
  const box = at<HTMLInputElement>('site')
  at('site-line').hidden = host === null
  if (host === null) return
  at('host').textContent = host
  box.checked = !(await isOff(host))
  box.addEventListener('change', async () => {
    await turn(host, box.checked)
    const order: Order = { type: 'turn', on: box.checked }
    if (tab?.id !== undefined) await chrome.tabs.sendMessage(tab.id, order).catch(() => undefined)
  })
}
