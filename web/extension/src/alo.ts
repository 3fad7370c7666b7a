// The server as the extension uses it: its public API only.

export interface Settings {
  /** Where the server is, without a slash at the end. */
  server: string
  /** A session's token or an API key. */
  token: string
  /** The phone that rings first. */
  extension: string
  /** Its id, when it is known, to ask for its calls. */
  extensionId: string | null
  /** Who that is, for people. */
  who: string
}

export interface Recent {
  number: string
  at: number
  talkMs: number
  status: string
}

/** What the server answered when it did not do it; `code` is one of its stable words, or `offline`. */
export class Refused extends Error {
  constructor(
    readonly code: string,
    readonly detail = '',
  ) {
    super(detail || code)
  }
}

const WAIT_MS = 15_000
const SHOWN = 12

/** Rings the person's phone, and dials the number when it is answered. */
export const placeCall = ({ server, token, extension }: Settings, number: string): Promise<unknown> =>
  ask(server, '/calls', { token, body: { from_extension: extension, to: number } })

/** The last calls of the person's phone; null when this login or key may not read them. */
export async function readRecents({ server, token, extensionId }: Settings): Promise<Recent[] | null> {
  if (!extensionId) return null
  try {
    const { items } = (await ask(server, `/calls?limit=${SHOWN}&extension=${extensionId}`, { token })) as {
      items: Record<string, string & number>[]
    }
    return items.map((call) => ({
      number: String(call.direction === 'inbound' ? call.caller_number : call.callee_number),
      at: Number(call.started_at),
      talkMs: Number(call.talk_ms),
      status: String(call.status),
    }))
  } catch (error) {
    if (error instanceof Refused && error.code === 'permission_missing') return null
    throw error
  }
}

export interface Way {
  server: string
  /** With login and password, and the code of a second factor where one is on. */
  login?: { login: string; password: string; code?: string }
  /** Or with an API key for a chosen phone. */
  key?: { token: string; extension: string }
}

/** Finds out who this is and which phone rings; nothing is kept when it fails. */
export async function connect({ server: typed, login, key }: Way): Promise<Settings> {
  const server = addressOf(typed)
  if (login) {
    const { token } = (await ask(server, '/session', { body: login })) as { token: string }
    const me = (await ask(server, '/session', { token })) as Record<string, string>
    const phone = (await ask(server, '/phone', { token })) as Record<string, string>
    const who = `${me.name || me.login} · ${me.company_name}`
    return { server, token, who, extension: phone.number ?? '', extensionId: phone.extension ?? null }
  }
  if (!key) throw new Refused('incomplete')
  const { token, extension } = key
  const me = (await ask(server, '/session', { token })) as Record<string, string>
  const { items } = (await ask(server, `/extensions?search=${encodeURIComponent(extension)}`, { token })) as {
    items: { id: string; number: string }[]
  }
  const own = items.find(({ number }) => number === extension)
  if (!own) throw new Refused('no_such_extension')
  return { server, token, who: me.company_name ?? '', extension, extensionId: own.id }
}

/** The server's address as it is kept; what was typed may lack the scheme or name a screen. */
export function addressOf(typed: string): string {
  const text = typed.trim()
  const whole = /^https?:\/\//i.test(text) ? text : `https://${text}`
  try {
    return new URL(whole).origin
  } catch {
    throw new Refused('address')
  }
}

async function ask(server: string, path: string, with_: { token?: string; body?: object }): Promise<unknown> {
  const { token, body } = with_
  const response = await fetch(`${server}/api/v1${path}`, {
    method: body ? 'POST' : 'GET',
    // Never the console's cookie: what the extension may do hangs on what was entered for it alone.
    credentials: 'omit',
    signal: AbortSignal.timeout(WAIT_MS),
    headers: {
      ...(token ? { Authorization: `Bearer ${token}` } : {}),
      ...(body ? { 'Content-Type': 'application/json' } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  }).catch(() => {
    throw new Refused('offline')
  })
  const said = (await response.json().catch(() => ({}))) as { code?: string; detail?: string }
  if (response.ok) return said
  throw new Refused(said.code ?? 'unknown', said.detail)
}
