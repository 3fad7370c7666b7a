import type { Page } from '@playwright/test'
import { api, expect, logIn, person, test, url } from './world'

// Two people in two browsers call each other through the real server, with Chromium's fake microphone, which beeps.

/** Lets a page keep its peer connections where a test finds them. */
const keepConnections = (page: Page) =>
  page.addInitScript(() => {
    const Native = window.RTCPeerConnection
    const kept: RTCPeerConnection[] = []
    Object.assign(window, { connections: kept })
    window.RTCPeerConnection = class extends Native {
      constructor(settings?: RTCConfiguration) {
        super(settings)
        kept.push(this)
      }
    }
  })

/** How much sound the far side has sent, as energy that was heard. */
const heard = (page: Page) =>
  page.evaluate(async () => {
    let energy = 0
    for (const connection of (window as unknown as { connections: RTCPeerConnection[] }).connections) {
      for (const report of (await connection.getStats()).values()) {
        if (report.type === 'inbound-rtp' && report.kind === 'audio') energy += report.totalAudioEnergy ?? 0
      }
    }
    return energy
  })

async function hears(page: Page) {
  const before = await heard(page)
  await expect(async () => expect((await heard(page)) - before).toBeGreaterThan(0.001)).toPass({
    timeout: 15_000,
  })
}

test('two browsers call each other, hear each other, hold and hang up', async ({ browser, request }) => {
  test.setTimeout(120_000)
  const server = await api(request)
  const lan = await person(server, 'lan.goi@alo-demo', '301')
  const minh = await person(server, 'minh.nghe@alo-demo', '302')
  const [a, b] = await Promise.all(
    [lan, minh].map(() => browser.newContext({ permissions: ['microphone'], locale: 'vi-VN' })),
  )
  if (!a || !b) throw new Error('no browser')
  const [caller, callee] = [await a.newPage(), await b.newPage()]
  for (const [page, who] of [
    [caller, lan],
    [callee, minh],
  ] as const) {
    await keepConnections(page)
    await logIn(page, who)
    await expect(page.locator('.phone-pill')).toContainText('Sẵn sàng')
  }
  await caller.keyboard.press('Alt+d')
  await caller.getByLabel('Nhập số rồi Enter').fill('302')
  await caller.keyboard.press('Enter')
  await expect(callee.locator('.phone-call')).toContainText('Máy 301')
  await callee.keyboard.press('Alt+a')
  await expect(caller.locator('.phone-call')).toContainText('0:0')
  await Promise.all([hears(caller), hears(callee)])

  await caller.getByRole('link', { name: 'Nhóm đổ chuông' }).click()
  await expect(caller).toHaveURL(url('/groups'))
  await hears(caller)

  await caller.getByRole('button', { name: 'Giữ máy' }).click()
  await expect(caller.getByRole('button', { name: 'Nói tiếp' })).toBeVisible()
  await caller.getByRole('button', { name: 'Nói tiếp' }).click()
  await expect(caller.getByRole('button', { name: 'Giữ máy' })).toBeVisible()
  await Promise.all([hears(caller), hears(callee)])

  await callee.keyboard.press('Alt+x')
  await expect(caller.locator('.phone-call')).toHaveCount(0)
  await expect(callee.locator('.phone-call')).toHaveCount(0)
  const ended = async () => (await server.get('/calls?direction=internal&status=answered')).items
  await expect(async () => expect(await ended()).toHaveLength(1)).toPass()
  await Promise.all([a.close(), b.close()])
})

test('a second tab takes the phone over', async ({ browser, request }) => {
  const server = await api(request)
  const hoa = await person(server, 'hoa@alo-demo', '303')
  const context = await browser.newContext({ permissions: ['microphone'], locale: 'vi-VN' })
  const first = await context.newPage()
  await logIn(first, hoa)
  await expect(first.locator('.phone-pill')).toContainText('Sẵn sàng')
  const second = await context.newPage()
  await second.goto(url('/'))
  await second.locator('.phone-pill').click()
  await second.getByRole('button', { name: 'Dùng ở đây' }).click()
  await expect(second.locator('.phone-pill')).toContainText('Sẵn sàng')
  await expect(first.locator('.phone-pill')).toContainText('Mở ở tab khác')
  await context.close()
})
