import { afterEach, expect, test, vi } from 'vitest'
import { addressOf, connect, placeCall, readRecents } from './alo'

afterEach(() => vi.unstubAllGlobals())

/** A server that answers by path, and what it was asked. */
function server(answers: Record<string, [status: number, body: object]>) {
  const asked: { path: string; init: RequestInit }[] = []
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    const path = url.replace('https://alo.test/api/v1', '')
    asked.push({ path, init })
    const [status, body] = answers[`${init.method} ${path}`] ?? [404, { code: 'not_found' }]
    return new Response(JSON.stringify(body), { status })
  })
  return asked
}
const settings = {
  server: 'https://alo.test',
  token: 'T',
  extension: '101',
  extensionId: 'ext_1',
  who: 'Lan',
}

test('an address is kept without screen and with a scheme', () => {
  expect(addressOf(' alo.example.vn/calls?q=1 ')).toBe('https://alo.example.vn')
  expect(addressOf('http://127.0.0.1:8080/')).toBe('http://127.0.0.1:8080')
  expect(() => addressOf('http://')).toThrow('address')
})

test('a call rings the own phone first and sends no cookie', async () => {
  const asked = server({ 'POST /calls': [202, { id: 'call_1' }] })
  await placeCall(settings, '+84901234567')
  expect(asked[0]?.init).toMatchObject({
    credentials: 'omit',
    headers: { Authorization: 'Bearer T' },
    body: '{"from_extension":"101","to":"+84901234567"}',
  })
})

test('a login learns its own phone, a key needs one that exists', async () => {
  server({
    'POST /session': [201, { token: 'T' }],
    'GET /session': [200, { name: 'Lan', company_name: 'Demo' }],
    'GET /phone': [200, { number: '101', extension: 'ext_1' }],
    'GET /extensions?search=10': [200, { items: [{ id: 'ext_1', number: '101' }] }],
  })
  expect(await connect({ server: 'alo.test', login: { login: 'lan', password: 'x' } })).toEqual({
    ...settings,
    who: 'Lan · Demo',
  })
  await expect(connect({ server: 'alo.test', key: { token: 'K', extension: '10' } })).rejects.toMatchObject({
    code: 'no_such_extension',
  })
})

test('who may not read the history has no list from the server, other failures are told', async () => {
  server({ 'GET /calls?limit=12&extension=ext_1': [403, { code: 'permission_missing' }] })
  expect(await readRecents(settings)).toBeNull()
  server({ 'GET /calls?limit=12&extension=ext_1': [401, { code: 'unauthenticated' }] })
  await expect(readRecents(settings)).rejects.toMatchObject({ code: 'unauthenticated' })
})
