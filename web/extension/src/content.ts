import { hide, leave, offer, shown, tell } from './chip'
import { mark, markAt, prune, unmark } from './marks'
import type { Message, Order, Placed, State } from './messages'
import { readable } from './read'
import { reason, word } from './words'

// On every page: marks the telephone numbers and calls the one that is clicked. It reads nothing else, keeps nothing, and
// sends nothing but the number that somebody clicked, to the extension itself.

const GATHER_MS = 250

let state: State = { on: false, ready: false }
const dirty = new Set<Node>()
let timer: ReturnType<typeof setTimeout> | undefined

const watcher = new MutationObserver((changes) => {
  for (const { type, target, addedNodes } of changes) {
    if (type === 'characterData') dirty.add(target)
    for (const node of addedNodes) dirty.add(node)
  }
  if (timer === undefined) timer = setTimeout(look, GATHER_MS)
})

function look(): void {
  timer = undefined
  for (const node of dirty) if (node.isConnected) mark(node)
  dirty.clear()
  prune()
}

function turn(on: boolean): void {
  state = { ...state, on }
  watcher.disconnect()
  hide()
  unmark()
  if (!on) return
  mark(document.body)
  watcher.observe(document.body, { childList: true, subtree: true, characterData: true })
}

async function ask<T>(message: Message): Promise<T | null> {
  // After an update of the extension this script speaks to nobody until the page is loaded anew.
  return chrome.runtime.sendMessage<Message, T>(message).catch(() => null)
}

async function call(number: string, rect?: DOMRect): Promise<void> {
  tell(word('calling', readable(number)), false, rect)
  told(await ask<Placed>({ type: 'call', number }), rect)
}

function told(placed: Placed | null, rect?: DOMRect): void {
  if (placed?.ok) tell(word('ringing', placed.extension), false, rect)
  else tell(placed ? reason(placed) : word('problem_reload'), true, rect)
}

let frame = 0
document.addEventListener(
  'mousemove',
  ({ clientX, clientY }) => {
    if (!state.on || frame !== 0) return
    frame = requestAnimationFrame(() => {
      frame = 0
      const found = markAt(clientX, clientY)
      if (found) offer(found.number, readable(found.number), found.rect, call)
      else if (shown()) leave()
    })
  },
  { passive: true },
)
document.addEventListener('keydown', ({ key }) => key === 'Escape' && hide())
document.addEventListener('scroll', hide, { passive: true, capture: true })

// Links that are telephone numbers already.
document.addEventListener(
  'click',
  (event) => {
    const link =
      event.target instanceof Element ? event.target.closest<HTMLAnchorElement>('a[href^="tel:" i]') : null
    if (!link || !event.isTrusted || !state.on || !state.ready) return
    const number = decodeURIComponent(link.href.slice(4)).replace(/[^\d+*#]/g, '')
    if (number === '') return
    event.preventDefault()
    event.stopImmediatePropagation()
    const { left, bottom } = link.getBoundingClientRect()
    void call(number, new DOMRect(left, bottom + 4, 0, 0))
  },
  true,
)

chrome.runtime.onMessage.addListener((order: Order) => {
  if (order.type === 'turn') turn(order.on)
  else if (window === top) told(order.placed)
})

void ask<State>({ type: 'state', host: location.host }).then((answer) => {
  if (!answer || !(document.body instanceof HTMLElement)) return
  state = answer
  if (answer.on) turn(true)
})
