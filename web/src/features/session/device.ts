// What a User-Agent says to people: the browser and the system.

const BROWSERS: [RegExp, string][] = [
  [/\bEdgA?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bcoc_coc_browser\//, 'Cốc Cốc'],
  [/\bFirefox\/|\bFxiOS\//, 'Firefox'],
  [/Chrome\/|\bCriOS\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
]
const SYSTEMS: [RegExp, string][] = [
  [/\bAndroid\b/, 'Android'],
  [/\biPhone\b|\biPad\b/, 'iOS'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bLinux\b/, 'Linux'],
]

const find = (text: string, known: [RegExp, string][]) => known.find(([form]) => form.test(text))?.[1]

/** `Firefox · Windows`; the first words of a program nobody knows, nothing when it said nothing. */
export function deviceOf(agent: string): string {
  const browser = find(agent, BROWSERS)
  if (browser) return [browser, find(agent, SYSTEMS)].filter(Boolean).join(' · ')
  return agent.slice(0, 40)
}
