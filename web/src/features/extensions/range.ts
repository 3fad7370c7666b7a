/** The numbers of "101-120, 205"; null when it is none. At most a thousand. */
export function expand(text: string): string[] | null {
  const numbers: string[] = []
  for (const part of text.split(/[,\s]+/).filter(Boolean)) {
    const range = /^(\d{2,8})(?:-(\d{2,8}))?$/.exec(part)
    if (!range) return null
    const [first, last] = [range[1] ?? '', range[2] ?? range[1] ?? '']
    if (last.length !== first.length || Number(last) < Number(first) || Number(last) - Number(first) > 999)
      return null
    for (let n = Number(first); n <= Number(last); n++) numbers.push(String(n).padStart(first.length, '0'))
  }
  return numbers.length > 0 && numbers.length <= 1000 ? numbers : null
}
