import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium, type Page, test as plain } from '@playwright/test'
import { accessible, api, expect, logIn, url } from './world'

// The extension as people load it: unpacked, in a browser of its own, on a page of somebody else.

const UNPACKED = new URL('../extension/dist', import.meta.url).pathname
const BODY = `
<p id="mobile">0901 234 567 là số của anh Minh</p>
<p id="desk">Văn phòng (028) 3825 1234, mã đơn 20901234567</p>
<textarea id="typed">0901 234 567</textarea><pre id="code">0901 234 567</pre>
<a id="link" href="tel:+84907654321">Gọi chúng tôi</a>
<p id="later"></p>
`
const LATER = 'Tổng đài 1900 1234'

/** Somebody else's page, on the same address and another port. */
async function otherSite(): Promise<{ address: string; close: () => void }> {
  const page = `<!doctype html><meta charset="utf-8"><title>Danh bạ</title><body>${BODY}</body>`
  const server = createServer((_, answer) => answer.setHeader('content-type', 'text/html').end(page))
  const host = new URL(url()).hostname
  await new Promise<void>((ready) => server.listen(0, host, ready))
  const { port } = server.address() as AddressInfo
  return { address: `http://${host}:${port}/`, close: () => server.close() }
}

function browserWith(folder: string): Promise<BrowserContext> {
  return chromium.launchPersistentContext(folder, {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    locale: 'vi-VN',
    // Chromium itself speaks English where no other language pack is.
    env: { ...process.env, LANGUAGE: 'en' },
    permissions: ['microphone'],
    ignoreDefaultArgs: ['--disable-extensions'],
    args: [
      '--no-sandbox',
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      `--disable-extensions-except=${UNPACKED}`,
      `--load-extension=${UNPACKED}`,
    ],
  })
}

/** The page that the extension opens by itself when it has just been added. */
async function settingsPage(context: BrowserContext): Promise<Page> {
  const find = () => context.pages().find((page) => page.url().endsWith('/options.html'))
  await expect.poll(() => find() !== undefined).toBe(true)
  const page = find()
  if (!page) throw new Error('the settings are gone')
  return page
}

const marked = (page: Page) =>
  page.evaluate(() => [...(CSS.highlights.get('alo-number') ?? [])].map((range) => String(range)).sort())

plain('a number on any page is called by the extension, and the own phone rings', async ({ request }) => {
  plain.setTimeout(120_000)
  const server = await api(request)
  const nga = { login: 'nga@alo-demo', password: 'mat-khau-cua-nga' }
  const user = await server.post('/users', { ...nga, name: 'Nga', role: 'manager' })
  const own = await server.post('/extensions', { number: '310', name: 'Nga' })
  await server.patch(`/extensions/${own.id}`, { user: user.id })
  const folder = mkdtempSync(join(tmpdir(), 'alo-extension-'))
  const site = await otherSite()
  const context = await browserWith(folder)
  try {
    const options = await settingsPage(context)
    await options.getByLabel('Server’s address').fill(url())
    await options.getByLabel('Login').fill(nga.login)
    await options.getByLabel('Password').fill('nhầm rồi')
    await options.keyboard.press('Enter')
    await expect(options.getByRole('status')).toHaveText('The login or the password is wrong.')
    await options.getByLabel('Password').fill(nga.password)
    await options.keyboard.press('Enter')
    await expect(options.getByRole('status')).toHaveText('Connected. You can close this page.')
    await accessible(options, 'settings')

    const desk = await context.newPage()
    await logIn(desk, nga)
    await expect(desk.locator('.phone-pill')).toContainText('Sẵn sàng')

    const page = await context.newPage()
    await page.goto(site.address)
    await expect.poll(() => marked(page)).toEqual(['(028) 3825 1234', '0901 234 567'])
    expect(await page.locator('body').innerHTML(), 'the page is as it was').toBe(BODY)
    await page.locator('#later').evaluate((element, text) => {
      element.textContent = text
    }, LATER)
    await expect.poll(() => marked(page)).toEqual(['(028) 3825 1234', '0901 234 567', '1900 1234'])

    await page.locator('#mobile').hover({ position: { x: 40, y: 8 } })
    const button = page.locator('alo-call')
    await expect(button).toBeVisible()
    await button.click()
    await expect(desk.locator('.phone-call')).toContainText('0901 234 567')
    await desk.keyboard.press('Alt+x')
    await expect(desk.locator('.phone-call')).toHaveCount(0)
    const calls = async () => (await server.get(`/calls?extension=${own.id}`)).items
    await expect.poll(async () => (await calls()).length).toBe(1)
    expect((await calls())[0].callee_number).toBe('+84901234567')

    await page.locator('#link').click()
    await expect(desk.locator('.phone-call')).toContainText('0907 654 321')
    await desk.keyboard.press('Alt+x')
    await expect.poll(async () => (await calls()).length).toBe(2)

    const popup = await context.newPage()
    await popup.goto(options.url().replace('options', 'popup'))
    await expect(popup.getByRole('button', { name: /0907 654 321/ })).toBeVisible()
    await accessible(popup, 'pop-up')
    await popup.getByPlaceholder('A number, then Enter').fill('028 3825 1234')
    await popup.keyboard.press('Enter')
    await expect(popup.getByRole('status')).toHaveText('Phone 310 is ringing. Answer it to be put through.')
    await expect(desk.locator('.phone-call')).toContainText('028 3825 1234')
  } finally {
    await context.close()
    site.close()
    rmSync(folder, { recursive: true, force: true })
  }
})
