import { useContactOf } from '~/lib/contacts'
import { Phone } from './Phone'

/** Who is at the far end: the contact's name where there is one, else the number and the name it came with. */
export function Party({ number, name = '' }: { number: string; name?: string }) {
  const contact = useContactOf(number)
  // Carriers often send the number once more as the name.
  const told = contact?.name ?? (/\p{L}/u.test(name) ? name : '')
  if (contact) {
    return (
      <span className="party" title={contact.company ? `${told} · ${contact.company}` : told}>
        {told} <span className="muted">{<Phone number={number} />}</span>
      </span>
    )
  }
  return (
    <>
      <Phone number={number} />
      {told && <span className="muted"> {told}</span>}
    </>
  )
}
