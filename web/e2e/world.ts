import { AxeBuilder } from '@axe-core/playwright'
import { type APIRequestContext, test as base, expect, type Page } from '@playwright/test'

// Short ways to do what most tests do.

export const url = (path = '/') => `${process.env.ALO_URL}${path}`
export const admin = () => ({ login: process.env.ALO_LOGIN ?? '', password: process.env.ALO_PASSWORD ?? '' })

/** A page that fails its test when the browser complains. */
export const test = base.extend<{ page: Page }>({
  page: async ({ page }, use) => {
    const complaints: string[] = []
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('console', (message) => {
      // A refused request is told by the page itself; the tests look for that.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
        complaints.push(message.text())
    })
    await use(page)
    expect(complaints).toEqual([])
  },
})
export { expect }

export async function logIn(page: Page, who = admin()): Promise<void> {
  await page.goto(url('/login'))
  await page.locator('#login').fill(who.login)
  await page.locator('#password').fill(who.password)
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(url('/'))
}

/** The API as the administrator or somebody else, for what a test needs to be there. */
export async function api(request: APIRequestContext, who = admin()) {
  const answer = await request.post(url('/api/v1/session'), { data: who })
  const { token } = (await answer.json()) as { token: string }
  const headers = { Authorization: `Bearer ${token}` }
  return {
    headers,
    get: async (path: string) => (await request.get(url(`/api/v1${path}`), { headers })).json(),
    post: async (path: string, data: object) => {
      const made = await request.post(url(`/api/v1${path}`), { headers, data })
      expect(made.ok(), `${path}: ${await made.text()}`).toBe(true)
      return made.json()
    },
    put: async (path: string, data: object) =>
      (await request.put(url(`/api/v1${path}`), { headers, data })).json(),
    patch: async (path: string, data: object) =>
      (await request.patch(url(`/api/v1${path}`), { headers, data })).json(),
  }
}

/** Somebody with a phone: an agent, unless said otherwise. */
export async function person(
  server: Awaited<ReturnType<typeof api>>,
  login: string,
  number: string,
  role = 'agent',
) {
  const password = `mat-khau-${number}`
  const user = await server.post('/users', { login, password, name: login.split('@')[0], role })
  const extension = await server.post('/extensions', { number, name: `Máy ${number}` })
  await server.patch(`/extensions/${extension.id}`, { user: user.id })
  return { login, password, extension: extension.id as string }
}

/** No violation of WCAG 2.2 AA. */
export async function accessible(page: Page, what: string): Promise<void> {
  const found = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    .analyze()
  const told = found.violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`,
  )
  expect.soft(told, what).toEqual([])
}
