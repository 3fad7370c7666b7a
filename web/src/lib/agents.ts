import type { TFunction } from 'i18next'
import { client, type Schema, unwrap } from '~/api/client'
import type { Tone } from '~/ui/Dot'

// What agents of queues do, in words and colours, and how they are asked for something else.

export type Wish = Schema['NewAgentState']

const TONES: Record<string, Tone> = {
  available: 'good',
  paused: 'warn',
  offered: 'bad',
  on_call: 'busy',
  wrap_up: 'warn',
}

export const toneOf = (state: string): Tone => TONES[state] ?? 'quiet'

/** The state in words, with the reason of a pause. */
export function stateText(
  t: TFunction,
  { state, reason }: { state: string; reason?: string | null },
): string {
  if (state !== 'paused' || !reason) return t(`agent.${state}`)
  return reason === 'missed' ? t('agent.missed') : t('agent.pausedFor', { reason })
}

/** What can be asked for, as a menu. Without reasons of the company a pause needs none. */
export function wishItems(t: TFunction, reasons: string[], put: (wish: Wish) => void) {
  const pauses =
    reasons.length === 0
      ? [{ key: 'paused', label: t('agent.pause'), onClick: () => put({ state: 'paused' }) }]
      : reasons.map((reason) => ({
          key: `paused.${reason}`,
          label: t('agent.pausedFor', { reason }),
          onClick: () => put({ state: 'paused', reason }),
        }))
  return [
    { key: 'available', label: t('agent.takeCalls'), onClick: () => put({ state: 'available' }) },
    ...pauses,
    { type: 'divider' as const },
    { key: 'offline', label: t('agent.leave'), onClick: () => put({ state: 'offline' }) },
  ]
}

export const putOwnState = (body: Wish) => unwrap(client.PUT('/api/v1/agents/me/state', { body }))

export const putState = (extension_id: string, body: Wish) =>
  unwrap(client.PUT('/api/v1/agents/{extension_id}/state', { params: { path: { extension_id } }, body }))
