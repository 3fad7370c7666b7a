// What the parts of the extension say to each other.

export type Message =
  /** A page asks whether numbers are to be marked on it. */
  | { type: 'state'; host: string }
  /** Somebody clicked a number. */
  | { type: 'call'; number: string }

export interface State {
  on: boolean
  /** A server and a phone are set. */
  ready: boolean
}

export type Placed = { ok: true; extension: string } | { ok: false; code: string; detail: string }

/** To a page: mark numbers from now on, or no more; or tell what became of a call from the context menu. */
export type Order = { type: 'turn'; on: boolean } | { type: 'told'; placed: Placed }
