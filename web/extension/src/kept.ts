import type { Recent, Settings } from './alo'

// What the extension keeps in this browser. Only its own pages can read it: content scripts stand in other people's.

interface Kept {
  settings?: Settings
  /** Numbers called from here, the newest first. */
  recents?: Recent[]
  /** Sites where numbers are left alone. */
  off?: string[]
}

const MOST = 20

const get = (): Promise<Kept> => chrome.storage.local.get(['settings', 'recents', 'off'])

export const readSettings = async (): Promise<Settings | null> => (await get()).settings ?? null
export const keepSettings = (settings: Settings): Promise<void> => chrome.storage.local.set({ settings })
/** Forgets the server and everything that came from it. */
export const forget = (): Promise<void> => chrome.storage.local.remove(['settings', 'recents'])

export const readDialled = async (): Promise<Recent[]> => (await get()).recents ?? []
export async function keepDialled(number: string, at: number): Promise<void> {
  const others = (await readDialled()).filter((one) => one.number !== number)
  const recents = [{ number, at, talkMs: 0, status: '' }, ...others].slice(0, MOST)
  await chrome.storage.local.set({ recents })
}

export const isOff = async (host: string): Promise<boolean> => ((await get()).off ?? []).includes(host)
export async function turn(host: string, on: boolean): Promise<void> {
  const others = ((await get()).off ?? []).filter((one) => one !== host)
  await chrome.storage.local.set({ off: on ? others : [...others, host] })
}
