import type { Browser, Page } from '@playwright/test'
import { accessible, api, expect, logIn, person, test, url } from './world'

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

/** Logs a person in on a page of their own, with a phone that is ready. */
async function atWork(browser: Browser, who: { login: string; password: string }): Promise<Page> {
  const context = await browser.newContext({ permissions: ['microphone'], locale: 'vi-VN' })
  const page = await context.newPage()
  await keepConnections(page)
  await logIn(page, who)
  await expect(page.locator('.phone-pill')).toContainText('Sẵn sàng')
  return page
}

test('a supervisor listens in, talks to both and leaves; a conference, a transfer and what came of it', async ({
  browser,
  request,
}) => {
  test.setTimeout(180_000)
  const server = await api(request)
  await server.post('/dispositions', { name: 'Đã bán' })
  const nga = await person(server, 'nga.goi@alo-demo', '331')
  const phuc = await person(server, 'phuc.nghe@alo-demo', '333')
  const chief = await person(server, 'giam.sat@alo-demo', '334', 'manager')
  const [a, b, c] = await Promise.all([nga, phuc, chief].map((who) => atWork(browser, who)))
  if (!a || !b || !c) throw new Error('no browser')
  await a.keyboard.press('Alt+d')
  await a.getByLabel('Nhập số rồi Enter').fill('333')
  await a.keyboard.press('Enter')
  await expect(b.locator('.phone-call')).toContainText('Máy 331')
  await b.keyboard.press('Alt+a')
  await Promise.all([hears(a), hears(b)])

  // The board leads to the call, where the supervisor takes part; the phone in the page picks up by itself.
  const card = c.locator('.lane-talking .live-card').filter({ hasText: '331' })
  await card.getByRole('button', { name: /Xử lý cuộc gọi/ }).press('Enter')
  await expect(c.getByRole('menuitem', { name: 'Nhận thay' })).toHaveAttribute('aria-disabled', 'true')
  await c.getByRole('menuitem', { name: 'Nghe', exact: true }).click()
  await expect(card.locator('.live-beside')).toContainText('Nghe')
  await hears(c)
  await card.getByRole('link').click()
  await expect(c).toHaveURL(/calls\/call_/)
  await c.locator('.ant-segmented').getByText('Nói với cả hai').click()
  await expect(c.locator('.live-beside')).toContainText('Nói với cả hai')
  await accessible(c, 'a live call')
  await expect(a.locator('.phone-parties'), 'who listens is not shown to agents').toHaveCount(0)
  await c.getByRole('button', { name: 'Rời cuộc gọi' }).click()
  await expect(c.locator('.phone-call')).toHaveCount(0)

  // A third is brought in by keys alone, hears and is heard, and is let go.
  await a.keyboard.press('Alt+t')
  await a.getByLabel('Tên hoặc số').fill('334')
  await a.keyboard.press('Enter')
  await a.getByRole('button', { name: 'Mời vào' }).click()
  await expect(c.locator('.phone-call')).toBeVisible()
  await c.keyboard.press('Alt+a')
  await expect(a.locator('.phone-parties')).toContainText('Máy 334')
  await Promise.all([hears(a), hears(b), hears(c)])
  await accessible(a, 'a conference')
  await a.getByRole('button', { name: /Mời .* ra/ }).click()
  await expect(c.locator('.phone-call')).toHaveCount(0)
  await expect(a.locator('.phone-parties')).toHaveCount(0)

  // Asked first, then handed over: the two go on without the one who asked.
  await a.getByRole('button', { name: 'Ghi chú' }).click()
  await a.locator('.phone-call textarea').fill('Khách hỏi giá <b>mới</b>')
  await a.keyboard.press('Alt+t')
  await a.getByLabel('Tên hoặc số').fill('334')
  await a.keyboard.press('Enter')
  await a.getByRole('button', { name: 'Hỏi trước' }).click()
  await expect(a.locator('.phone-waiting')).toContainText('333')
  await expect(c.locator('.phone-call')).toBeVisible()
  await c.keyboard.press('Alt+a')
  await Promise.all([hears(a), hears(c)])
  await a.locator('.phone-waiting').getByRole('button', { name: 'Chuyển máy' }).click()
  await expect(a.locator('.phone-call')).toHaveCount(0)
  await Promise.all([hears(b), hears(c)])

  // What came of it is written while the two still talk, and kept until the call is over.
  const after = a.getByRole('form', { name: 'Sau cuộc gọi' })
  await expect(after.getByLabel('Ghi chú')).toHaveValue('Khách hỏi giá <b>mới</b>')
  await after.getByText('Đã bán').click()
  await accessible(a, 'after a call')
  await a.keyboard.press('Control+Enter')
  await b.keyboard.press('Alt+x')
  await expect(c.locator('.phone-call')).toHaveCount(0)
  await a.goto(url('/calls'))
  await expect(a.getByRole('row', { name: /Đã bán/ })).toHaveCount(1)
  await a.getByRole('row', { name: /Đã bán/ }).click()
  await expect(a.getByRole('region', { name: 'Kết quả xử lý' }).getByLabel('Ghi chú')).toHaveValue(
    'Khách hỏi giá <b>mới</b>',
  )
  await a.getByLabel('Nhận xét về cuộc gọi này').fill('Gọi lại <i>thứ hai</i>')
  await a.getByRole('button', { name: 'Gửi bình luận' }).click()
  await expect(a.locator('.remarks')).toContainText('Gọi lại <i>thứ hai</i>')
  await accessible(a, 'own call')
  await Promise.all([a, b, c].map((page) => page.context().close()))
})

test('a caller leaves a message; its owner hears it and calls back', async ({ browser, request }) => {
  test.setTimeout(120_000)
  const server = await api(request)
  const nga = await person(server, 'nga.nhan@alo-demo', '335')
  const phuc = await person(server, 'phuc.thu@alo-demo', '336')
  const [a, b] = await Promise.all([nga, phuc].map((who) => atWork(browser, who)))
  if (!a || !b) throw new Error('no browser')
  await b.goto(url('/voicemail'))
  await b.getByRole('button', { name: 'Hộp thư của tôi' }).click()
  const settings = b.getByRole('dialog', { name: 'Hộp thư của tôi' })
  await settings.getByRole('switch').first().click()
  await settings.getByLabel('Mã PIN').fill('12')
  await settings.getByRole('button', { name: 'Lưu' }).click()
  await expect(settings.locator('.ant-form-item-explain-error')).toBeVisible()
  await settings.getByLabel('Mã PIN').fill('2468')
  await accessible(b, 'own mailbox')
  await settings.getByRole('button', { name: 'Lưu' }).click()
  await expect(settings).toBeHidden()

  await a.keyboard.press('Alt+d')
  await a.getByLabel('Nhập số rồi Enter').fill('*99336')
  await a.keyboard.press('Enter')
  await expect(a.locator('.phone-call')).toContainText('0:0')
  await a.keyboard.press('Alt+d')
  await a.getByRole('button', { name: 'Bàn phím' }).click()
  // The greeting is skipped; what the fake microphone beeps is the message.
  await a.locator('.keypad').getByRole('button', { name: '#' }).click()
  await expect(a.locator('.phone-line')).toContainText('0:08', { timeout: 20_000 })
  await a.keyboard.press('Alt+x')
  await expect(b.getByRole('link', { name: 'Hộp thư thoại: 1 tin mới' })).toBeVisible()
  const line = b.locator('.mail')
  await expect(line).toContainText('Mới')
  await line.getByRole('button', { name: /Nghe tin/ }).press('Enter')
  await expect(b.locator('.mail-sound')).toBeVisible()
  await expect(line).toContainText('Đã nghe')
  await expect(b.getByRole('link', { name: 'Hộp thư thoại: 0 tin mới' })).toBeVisible()
  await accessible(b, 'voicemail')
  await line.getByRole('button', { name: /Gọi lại/ }).click()
  await expect(a.locator('.phone-call')).toContainText('Máy 336')
  await a.keyboard.press('Alt+x')
  await line.getByRole('button', { name: /Xóa tin/ }).click()
  await b.getByRole('dialog').getByRole('button', { name: 'Xóa' }).click()
  await expect(b.getByText('Chưa có tin nào')).toBeVisible()
  await Promise.all([a, b].map((page) => page.context().close()))
})
