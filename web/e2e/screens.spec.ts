import { accessible, api, expect, logIn, test, url } from './world'

// Each screen in each look and language: it is drawn, nobody complains, and it can be used without sight or mouse.

const SCREENS = [
  '/',
  '/calls',
  '/calls?status=busy&span=today',
  '/voicemail',
  '/contacts',
  '/contacts?open=new',
  '/contacts?tab=internal',
  '/contacts/import',
  '/tickets',
  '/tickets?open=new',
  '/statistics',
  '/statistics/queues?span=today',
  '/statistics/agents',
  '/statistics/scores',
  '/recordings',
  '/scorecards',
  '/scorecards?open=new',
  '/scores',
  '/tv',
  '/statistics?span=today',
  '/extensions',
  '/extensions?open=new',
  '/hotlines',
  '/groups',
  '/queues',
  '/queues?open=new',
  '/schedules',
  '/callers',
  '/callers?open=new',
  '/broadcasts',
  '/broadcasts?open=new',
  '/trunks',
  '/trunks?open=new',
  '/greetings',
  '/greetings?open=new',
  '/configuration',
  '/flows',
  '/installation',
  '/installation?open=doctor',
  '/installation?open=carriers',
  '/installation?open=usage',
  '/network',
  '/people',
  '/people?open=new',
  '/keys',
  '/keys?open=new',
  '/webhooks',
  '/webhooks?open=new',
  '/departments',
  '/departments?open=new',
  '/company',
  '/companies',
  '/companies?open=new',
  '/requests',
  '/support?open=new',
  '/me',
  '/apps',
  '/nothing-here',
]

for (const [locale, colorScheme, width] of [
  ['vi-VN', 'light', 1360],
  ['en-US', 'dark', 390],
] as const) {
  test.describe(`${locale} ${colorScheme} ${width} px`, () => {
    test.use({ locale, colorScheme, viewport: { width, height: 850 } })

    test('every screen is drawn and accessible', async ({ page, request }) => {
      test.setTimeout(180_000)
      await page.goto(url('/login'))
      await accessible(page, 'login')
      await page.goto(url('/password#gone'))
      await expect(page.locator('h2').first()).toBeVisible()
      await accessible(page, 'a link that has ended')
      await logIn(page)
      const asked = await api(request)
      const flow = (await asked.get('/flows')).items[0].id
      const broadcast = await later(asked)
      for (const path of [...SCREENS, `/flows/${flow}`, `/broadcasts/${broadcast}`]) {
        await page.goto(url(path))
        await expect(page.locator('h1, .teach h2').first(), path).toBeVisible()
        await expect(page.locator('.ant-skeleton'), path).toHaveCount(0)
        await accessible(page, path)
        // Words that are missing show as their keys.
        expect(await page.locator('body').innerText(), path).not.toMatch(
          /\b(broadcasts|calls|contacts|form|import|menu|agent|departments|support|requests|companies|wall|handling|callers|switch|join|queues|schedules|extensions|statistics|tickets|trunks|flows|people|problem|supervise|voicemail|mailbox|written|views|phone|recordings|scorecards|scores|mine|installation|network|asText|desk|flowTest|replay)\.[a-z]/,
        )
        const wide = await page.evaluate(
          () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
        )
        expect(wide, `${path} is wider than the screen`).toBe(false)
      }
      await expect(page.locator('html')).toHaveAttribute('lang', locale.slice(0, 2))
    })
  })
}

test('a finished call shows its record, its way and its sound', async ({ page, request }) => {
  const server = await api(request)
  // The demo's customers call every few seconds; a recording is told a moment after its call.
  let id = ''
  await expect(async () => {
    const { items } = await server.get('/calls?status=answered&direction=inbound')
    id = items.find((call: { recording?: unknown }) => call.recording)?.id ?? ''
    expect(id).not.toBe('')
  }).toPass({ timeout: 50_000 })
  await logIn(page)
  await page.goto(url(`/calls/${id}`))
  await expect(page.getByText('Tổng đài nhấc máy').first()).toBeVisible()
  await expect(page.getByText(/nghe máy đầu tiên/)).toBeVisible()
  await expect(page.locator('.timeline-leg').first()).toBeVisible()
  await page.getByRole('button', { name: 'Alo nhận: INVITE' }).first().click()
  await expect(page.locator('.ladder-text code')).toContainText('INVITE sip:')
  await accessible(page, 'a message')
  await page.keyboard.press('Escape')
  const pcap = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Tải pcap' }).click()
  const file = await (await pcap).createReadStream()
  const [magic] = await file.take(1).toArray()
  expect((magic as Buffer).readUInt32LE(0), 'libpcap').toBe(0xa1b2c3d4)
  const play = page.getByRole('button', { name: 'Nghe', exact: true })
  await expect(play).toBeEnabled()
  await play.click()
  await expect(page.getByRole('button', { name: 'Tạm dừng' })).toBeVisible()
  await accessible(page, 'call')

  const questions = [
    { key: 'greeting', text: 'Chào hỏi đúng mực?', weight: 1, most: 1, critical: false },
    { key: 'advice', text: 'Tư vấn rõ ràng?', weight: 3, most: 5, critical: false },
  ]
  await server.post('/scorecards', { name: 'Phục vụ', questions })
  await page.reload()
  await page.getByRole('button', { name: 'Chấm cuộc gọi này' }).click()
  await page.getByRole('radiogroup', { name: 'Chào hỏi đúng mực?' }).getByText('Có', { exact: true }).click()
  await page.getByRole('radiogroup', { name: 'Tư vấn rõ ràng?' }).getByText('3', { exact: true }).click()
  await accessible(page, 'scoring a call')
  await page.getByRole('button', { name: 'Lưu điểm' }).click()
  await expect(page.locator('.score')).toContainText('70%')
  await page.getByRole('textbox', { name: 'Lý do giữ lại bản ghi' }).fill('Khiếu nại 12')
  await page.getByRole('button', { name: 'Giữ lại' }).click()
  await expect(page.getByText('Đang giữ lại, không xóa theo hạn: Khiếu nại 12')).toBeVisible()
  await accessible(page, 'a scored and held call')
})

/** A broadcast that begins in a month, so that nobody is called. */
async function later(asked: Awaited<ReturnType<typeof api>>): Promise<string> {
  const greeting = (await asked.get('/greetings')).items[0].id
  const made = await asked.post('/broadcasts', {
    name: 'Giao hàng ngày mai',
    numbers: ['0901234567', '101'],
    parts: [{ kind: 'greeting', greeting }],
    starts_at: Date.now() + 30 * 86_400_000,
  })
  return made.id
}
