import { useMe } from '~/lib/me'
import { formatPhone } from '~/lib/phone'

/** A number as people read it. */
export function Phone({ number }: { number: string }) {
  const { country } = useMe()
  return <span className="num">{formatPhone(number, country)}</span>
}
