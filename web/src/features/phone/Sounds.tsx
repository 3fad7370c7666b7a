import { type RefObject, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Dot, type Tone } from '~/ui/Dot'
import type { PhoneLine } from './line'
import { type Grade, gradeOf, type Quality } from './quality'

const EVERY_MS = 3000
const TONES: Record<Grade, Tone> = { good: 'good', fair: 'warn', poor: 'bad' }

/** How the network carries the talk, in a word; the figures behind it on pointing. */
export function Sounds({ line }: { line: RefObject<PhoneLine | null> }) {
  const { t } = useTranslation()
  const [quality, setQuality] = useState<Quality | null>(null)
  useEffect(() => {
    const look = () => void line.current?.quality().then(setQuality, () => undefined)
    const timer = setInterval(look, EVERY_MS)
    return () => clearInterval(timer)
  }, [line])
  if (!quality) return null
  const grade = gradeOf(quality)
  const figures = t('phone.figures', {
    lost: quality.lostPercent,
    jitter: quality.jitterMs,
    rtt: quality.rttMs ?? '–',
  })
  return (
    <span title={figures}>
      <Dot tone={TONES[grade]}>{t(`phone.quality_${grade}`)}</Dot>
    </span>
  )
}
