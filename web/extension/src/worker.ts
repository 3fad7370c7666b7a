import { placeCall, Refused } from './alo'
import { isOff, keepDialled, readSettings } from './kept'
import type { Message, Order, Placed, State } from './messages'
import { findNumbers } from './numbers'
import { word } from './words'

// The part without a page: it alone holds the key and speaks with the server.

const MENU = 'call'

// Pages of others must never read the key.
void chrome.storage.local.setAccessLevel({ accessLevel: 'TRUSTED_CONTEXTS' })

chrome.runtime.onInstalled.addListener(({ reason }) => {
  chrome.contextMenus.create({ id: MENU, title: word('menuCall', '%s'), contexts: ['selection'] })
  if (reason === 'install') void chrome.runtime.openOptionsPage()
})

chrome.runtime.onMessage.addListener((message: Message, sender, answer) => {
  if (sender.id !== chrome.runtime.id) return false
  void take(message).then(answer)
  // The answer comes later.
  return true
})

async function take(message: Message): Promise<State | Placed> {
  switch (message.type) {
    case 'state':
      return { on: !(await isOff(message.host)), ready: (await readSettings()) !== null }
    case 'call':
      return place(message.number)
  }
}

async function place(number: string): Promise<Placed> {
  const settings = await readSettings()
  if (!settings) {
    await chrome.runtime.openOptionsPage()
    return { ok: false, code: 'not_set', detail: '' }
  }
  try {
    await placeCall(settings, number)
    await keepDialled(number, Date.now())
    return { ok: true, extension: settings.extension }
  } catch (error) {
    const { code, detail } = error instanceof Refused ? error : new Refused('unknown')
    return { ok: false, code, detail }
  }
}

chrome.contextMenus.onClicked.addListener(async ({ menuItemId, selectionText = '' }, tab) => {
  if (menuItemId !== MENU) return
  const number = findNumbers(selectionText)[0]?.number ?? selectionText.replace(/[^\d+*#]/g, '')
  const placed: Placed = number === '' ? { ok: false, code: 'no_number', detail: '' } : await place(number)
  const order: Order = { type: 'told', placed }
  // A page where no script may run shows nothing; the phone rings all the same.
  if (tab?.id !== undefined) await chrome.tabs.sendMessage(tab.id, order).catch(() => undefined)
})
