import { useTranslation } from 'react-i18next'
import type { Schema } from '~/api/client'
import { Dot, type Tone } from '~/ui/Dot'

const TONES: Record<string, Tone> = { scheduled: 'warn', running: 'busy', done: 'good', cancelled: 'quiet' }

/** How far a broadcast is. */
export function BroadcastState({ broadcast }: { broadcast: Schema['Broadcast'] }) {
  const { t } = useTranslation()
  return <Dot tone={TONES[broadcast.state] ?? 'quiet'}>{t(`broadcasts.${broadcast.state}`)}</Dot>
}
