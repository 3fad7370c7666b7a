// Letters and digits that nobody takes for one another when reading them aloud.
const SIGNS = 'abcdefghjkmnpqrstuvwxyz23456789'

/** A password to hand over: four groups of four, some 79 bits. */
export function newPassword(): string {
  const random = new Uint32Array(16)
  crypto.getRandomValues(random)
  const signs = [...random].map((n) => SIGNS[n % SIGNS.length]).join('')
  return signs.match(/.{4}/g)?.join('-') ?? signs
}
