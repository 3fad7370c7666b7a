import { type Found, findNumbers } from './numbers'

// The numbers on a page. Its own elements are never changed: numbers are marked by highlights, which lie above the text,
// so no page can break, and looking again finds the same.

/** Where a number is none, or somebody is typing. */
const LEFT_ALONE =
  'script,style,noscript,template,textarea,input,select,option,button,code,pre,kbd,samp,svg,canvas,iframe,[contenteditable]:not([contenteditable="false"]),a[href],[role="textbox"]'
const MOST = 5_000
const NAME = 'alo-number'

interface Known {
  text: string
  ranges: { range: Range; number: string }[]
}

const known = new Map<Text, Known>()
const marks = new Highlight()

/** Marks what stands below this element, again or for the first time. */
export function mark(root: Node): void {
  CSS.highlights.set(NAME, marks)
  if (root instanceof Text) look(root)
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) look(walker.currentNode as Text)
}

function look(node: Text): void {
  const text = node.data
  const before = known.get(node)
  if (before?.text === text) return
  drop(node)
  // The shortest number has eight digits.
  if (text.length < 8 || known.size >= MOST || node.parentElement?.closest(LEFT_ALONE)) return
  const found = findNumbers(text)
  if (found.length === 0) return
  const ranges = found.map((one) => ({ range: rangeOf(node, one), number: one.number }))
  for (const { range } of ranges) marks.add(range)
  known.set(node, { text, ranges })
}

function rangeOf(node: Text, { start, end }: Found): Range {
  const range = document.createRange()
  range.setStart(node, start)
  range.setEnd(node, end)
  return range
}

function drop(node: Text): void {
  for (const { range } of known.get(node)?.ranges ?? []) marks.delete(range)
  known.delete(node)
}

/** Forgets what the page has taken away. */
export function prune(): void {
  for (const node of known.keys()) if (!node.isConnected) drop(node)
}

export function unmark(): void {
  for (const node of known.keys()) drop(node)
}

/** The number below this point of the window, and where its text lies. */
export function markAt(x: number, y: number): { number: string; rect: DOMRect } | null {
  const at = document.caretPositionFromPoint(x, y)
  const ranges = at && known.get(at.offsetNode as Text)?.ranges
  for (const { range, number } of ranges ?? []) {
    // The caret is the nearest one: the point itself may lie beside the text.
    for (const rect of range.getClientRects()) {
      if (x >= rect.left && x <= rect.right && y >= rect.top && y <= rect.bottom) return { number, rect }
    }
  }
  return null
}
