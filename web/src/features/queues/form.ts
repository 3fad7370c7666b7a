import type { Schema } from '~/api/client'

type Queue = Schema['Queue']

interface Filled {
  name: string
  number?: string | null
  agents?: string[]
  strategy: Queue['settings']['strategy']
  offer_s: number
  wrap_up_s: number
  max_wait_s: number
  max_length: number
  max_missed: number
  announce_every_s: number
  say_position?: boolean
  say_wait?: boolean
  callback_key?: string | null
  callback_tries?: number
  callback_retry_s?: number
  survey?: string | null
  music?: string | null
  announcement?: string | null
  overflow?: Queue['overflow']
}

/** What the form shows of a queue, times in seconds. */
export function toForm(row: Queue | null): Record<string, unknown> {
  const settings = row?.settings
  const seconds = (ms: number | undefined, usual: number) => (ms ?? usual) / 1000
  const filled: Filled = {
    name: row?.name ?? '',
    number: row?.number ?? '',
    agents: row?.members.map((member) => member.extension) ?? [],
    strategy: settings?.strategy ?? 'longest_idle',
    offer_s: seconds(settings?.offer_ms, 20_000),
    wrap_up_s: seconds(settings?.wrap_up_ms, 0),
    max_wait_s: seconds(settings?.max_wait_ms, 600_000),
    max_length: settings?.max_length ?? 0,
    max_missed: settings?.max_missed ?? 3,
    announce_every_s: seconds(settings?.announce_every_ms, 0),
    say_position: settings?.say_position ?? false,
    say_wait: settings?.say_wait ?? false,
    callback_key: settings?.callback_key || null,
    callback_tries: settings?.callback_tries ?? 3,
    survey: settings?.survey ?? null,
    callback_retry_s: seconds(settings?.callback_retry_ms, 300_000),
    music: row?.sounds.music ?? undefined,
    announcement: row?.sounds.announcement ?? undefined,
    overflow: row?.overflow ?? null,
  }
  return { ...filled }
}

/** What is saved: settings that the form does not show, levels and skills stay as they were. */
export function fromForm(values: Record<string, unknown>, row: Queue | null): Schema['NewQueue'] {
  const filled = values as unknown as Filled
  const ms = (seconds: number) => Math.round(seconds * 1000)
  const known = (extension: string) => row?.members.find((member) => member.extension === extension)
  return {
    name: filled.name,
    number: filled.number?.trim() || null,
    members: (filled.agents ?? []).map(
      (extension) => known(extension) ?? { extension, level: 1, skills: {} },
    ),
    settings: {
      ...row?.settings,
      strategy: filled.strategy,
      offer_ms: ms(filled.offer_s),
      wrap_up_ms: ms(filled.wrap_up_s),
      max_wait_ms: ms(filled.max_wait_s),
      max_length: filled.max_length,
      max_missed: filled.max_missed,
      announce_every_ms: ms(filled.announce_every_s),
      say_position: filled.say_position ?? false,
      say_wait: filled.say_wait ?? false,
      callback_key: filled.callback_key ?? '',
      callback_tries: filled.callback_tries ?? 3,
      callback_retry_ms: ms(filled.callback_retry_s ?? 300),
      survey: filled.survey ?? null,
    },
    sounds: {
      positions: row?.sounds.positions ?? [],
      music: filled.music ?? null,
      announcement: filled.announcement ?? null,
    },
    overflow: filled.overflow ?? null,
  }
}
