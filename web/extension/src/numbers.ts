// Telephone numbers in any text, as people in Việt Nam write them; numbers of other countries only with their plus.

export interface Found {
  /** Where it stands in the text: from here, up to but not with there. */
  start: number
  end: number
  /** What is dialled: +84901234567, or a short number such as 19001234. */
  number: string
}

const S = '\\)?[ .\\-\\u00a0\\u2011]?'
const D = (count: string) => `(?:${S}\\d){${count}}`
const HOME = `\\(?(?:\\+|00)84${S}(?:\\(0\\)${S})?0?`
/** The first digits stand together, so that a date such as 07-11-2026 is none. */
const PATTERNS = [
  `${HOME}(?:[35789]${D('8')}|2${D('9')}|1[2689]${D('8')})`,
  `\\(?0(?:[35789]\\d${D('7')}|2\\d${D('8')}|1[2689]${D('8')})`,
  '84(?:[35789]\\d{8}|2\\d{9})',
  `1[89]00(?:${D('6')}|${D('4')})`,
  `\\+[1-9]${D('7,14')}`,
]
const ANY = new RegExp(`(?:${PATTERNS.join('|')})(?!\\d)`, 'g')

/** The beginnings of mobile numbers that had eleven digits until 2018. */
const MOVED: Record<string, string> = {
  '120': '70',
  '121': '79',
  '122': '77',
  '126': '76',
  '128': '78',
  '123': '83',
  '124': '84',
  '125': '85',
  '127': '81',
  '129': '82',
  '162': '32',
  '163': '33',
  '164': '34',
  '165': '35',
  '166': '36',
  '167': '37',
  '168': '38',
  '169': '39',
  '186': '56',
  '188': '58',
  '199': '59',
}

/** All numbers of a text, in order. */
export function findNumbers(text: string): Found[] {
  const found: Found[] = []
  for (const match of text.matchAll(ANY)) {
    const [start, end] = [match.index, match.index + match[0].length]
    const number = dialled(match[0])
    if (number !== null && standsAlone(text, start, end, found.at(-1)?.end))
      found.push({ start, end, number })
  }
  return found
}

function dialled(text: string): string | null {
  const digits = text.replace(/\D/g, '')
  if (/^1[89]00/.test(text)) return isDate(text) ? null : digits
  const abroad = /^\(?(?:\+|00)/.test(text)
  if (abroad && !/^(?:00)?84/.test(digits)) return `+${digits}`
  const rest = digits.replace(/^(?:00)?84|^0/, '').replace(/^0/, '')
  if (!rest.startsWith('1')) return `+84${rest}`
  const moved = MOVED[rest.slice(0, 3)]
  return moved ? `+84${moved}${rest.slice(3)}` : null
}

/** 1900-11-23, 1900.11.23 and 1900-1954 are days and years. */
const isDate = (text: string) => /^1[89]00([-.])(?:\d\d\1\d\d$|(?:1[89]|20)\d\d$)/.test(text)

/** Not a piece of something longer: of a word, an address, a sum of money. */
function standsAlone(text: string, start: number, end: number, before: number | undefined): boolean {
  const after = text.slice(end, end + 2)
  if (/^[\p{L}_@=]/u.test(after) || /^[.,]\d/.test(after) || /^[-/][1-9]/.test(after)) return false
  const [far = '', near = ''] = [text[start - 2], text[start - 1]]
  if (/[\p{L}\d_@#=&%$€₫+*\\]/u.test(near)) return false
  // A list such as 0901234567/0907654321.
  if (before === start - 1) return true
  if (near === '/') return far === ' '
  return !(/[.,\-:]/.test(near) && /\d/.test(far))
}
