import { formatPhone } from '../../src/lib/phone'

/** A number as people read it, in the extension as in the console. */
export const readable = (number: string): string => formatPhone(number)
