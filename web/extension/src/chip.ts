import { word } from './words'

// The small button beside a number. It stands in a closed shadow: the page can neither style it, read it nor click it.

const HIDE_MS = 400
const TOLD_MS = 6_000
const STYLE = `
  :host { all: initial; position: fixed; z-index: 2147483647; }
  button, p { font: 500 13px/1.4 system-ui, sans-serif; margin: 0; padding: 6px 12px; border-radius: 8px; border: 0;
    box-shadow: 0 2px 10px rgb(0 0 0 / 25%); white-space: nowrap; }
  button { background: #07685e; color: #fff; cursor: pointer; }
  button:hover { background: #085a51; }
  button:focus-visible { outline: 2px solid #f5b942; outline-offset: 2px; }
  p { background: #1c2523; color: #fff; max-width: 320px; white-space: normal; }
  p.bad { background: #8c1d18; }
`

let host: HTMLElement | null = null
let timer: ReturnType<typeof setTimeout> | undefined

/** Offers the call below the number. */
export function offer(number: string, read: string, rect: DOMRect, call: (number: string) => void): void {
  if (host?.dataset.number === number) {
    keep()
    return
  }
  const button = document.createElement('button')
  button.type = 'button'
  button.textContent = word('call', read)
  button.addEventListener('click', (event) => {
    // A page can make up clicks; it must not make up calls.
    if (!event.isTrusted) return
    event.preventDefault()
    event.stopPropagation()
    call(number)
  })
  show(button, rect, number)
}

/** Says what became of it, in the same place. */
export function tell(text: string, bad: boolean, rect?: DOMRect): void {
  const line = document.createElement('p')
  line.setAttribute('role', 'status')
  line.textContent = text
  line.className = bad ? 'bad' : ''
  show(line, rect ?? host?.getBoundingClientRect() ?? new DOMRect(16, 16, 0, 0), '')
  clearTimeout(timer)
  timer = setTimeout(hide, TOLD_MS)
}

/** Whether something is offered or told just now. */
export const shown = (): boolean => host !== null

function show(content: HTMLElement, rect: DOMRect, number: string): void {
  const moved = number !== ''
  const place = { left: rect.left, top: moved ? rect.bottom + 4 : rect.top }
  hide()
  host = document.createElement('alo-call')
  host.dataset.number = number
  const shadow = host.attachShadow({ mode: 'closed' })
  const style = document.createElement('style')
  style.textContent = STYLE
  shadow.append(style, content)
  host.addEventListener('mouseenter', keep)
  host.addEventListener('mouseleave', leave)
  // Beside the body: what a page draws anew is inside of it.
  document.documentElement.append(host)
  const { width, height } = host.getBoundingClientRect()
  host.style.left = `${Math.max(4, Math.min(place.left, innerWidth - width - 4))}px`
  host.style.top = `${place.top + height > innerHeight ? Math.max(4, rect.top - height - 4) : place.top}px`
}

function keep(): void {
  clearTimeout(timer)
  timer = undefined
}

/** The pointer went away: the offer follows, unless it comes back. */
export function leave(): void {
  if (host?.dataset.number) timer ??= setTimeout(hide, HIDE_MS)
}

export function hide(): void {
  keep()
  host?.remove()
  host = null
}
