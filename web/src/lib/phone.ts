// Numbers as people in Việt Nam write them.

/** A number for reading: +84901234567 becomes 0901 234 567 at home, +84 901 234 567 seen from elsewhere. */
export function formatPhone(number: string, country = '84'): string {
  const digits = number.replace(/[^\d+]/g, '')
  if (digits.length < 7) return number
  if (digits.startsWith(`+${country}`)) return national(`0${digits.slice(country.length + 1)}`)
  if (digits.startsWith('0')) return national(digits)
  if (!digits.startsWith('+')) return number
  return `+${grouped(digits.slice(1))}`
}

function national(digits: string): string {
  if (/^0[35789]\d{8}$/.test(digits)) return split(digits, [4, 3, 3])
  if (/^024\d{8}$|^028\d{8}$/.test(digits)) return split(digits, [3, 4, 4])
  if (/^02\d{9}$/.test(digits)) return split(digits, [4, 3, 4])
  if (/^1[89]00\d{4,6}$/.test(digits)) return split(digits, [4, 4, 2])
  return grouped(digits)
}

function split(digits: string, lengths: number[]): string {
  const parts: string[] = []
  let at = 0
  for (const length of lengths) {
    if (at < digits.length) parts.push(digits.slice(at, at + length))
    at += length
  }
  if (at < digits.length) parts.push(digits.slice(at))
  return parts.join(' ')
}

function grouped(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+(?!\d))/g, ' ')
}

/** Text without accents and case, so that "nguyen" finds "Nguyễn". */
export function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').replace(/đ/g, 'd').replace(/Đ/g, 'D').toLowerCase()
}

/** What a person typed, as digits that can be dialled; empty when it is no number. */
export function dialable(text: string): string {
  const cleaned = text.replace(/[\s().\-/]/g, '')
  return /^\+?[\d*#]+$/.test(cleaned) ? cleaned : ''
}

/** The digits that tell one line from another: without the country's code, the leading zero and signs. */
function core(number: string, country: string): string {
  const digits = number.replace(/\D/g, '')
  const plain = /^\s*\+/.test(number) ? digits : digits.replace(/^00/, '')
  const abroad = /^\s*(?:\+|00)/.test(number)
  const national =
    plain.startsWith(country) && (abroad || plain.length > 9) ? plain.slice(country.length) : plain
  return national.replace(/^0/, '')
}

/** Whether a number that is kept can be the one typed, or holds the part typed, in whichever form each is written. */
export function numberFits(kept: string, typed: string, country = '84'): boolean {
  const part = core(typed, country)
  return part !== '' && core(kept, country).includes(part)
}
