import { accessible, api, expect, logIn, test, url } from './world'

// Other companies end the demo, whose calls the other tests see: these run behind them.

test('a new company is led to a recorded test call', async ({ browser, request }) => {
  test.setTimeout(120_000)
  const operator = await api(request)
  const company = await operator.post('/companies', { name: 'Hoa Sen', domain: 'hoasen.test' })
  const owner = { login: 'chu@hoasen.test', password: 'mat-khau-cua-chu' }
  await operator.post(`/companies/${company.id}/users`, { ...owner, name: 'Sen', role: 'owner' })
  const context = await browser.newContext({ permissions: ['microphone'], locale: 'vi-VN' })
  const page = await context.newPage()
  await logIn(page, owner)
  const steps = page.getByRole('region', { name: 'Vài bước để có cuộc gọi đầu tiên' })
  await expect(steps.getByText('0/6')).toBeVisible()
  await accessible(page, 'first steps')
  await steps.getByRole('link', { name: 'Làm bước này' }).first().click()
  await expect(page).toHaveURL(url('/extensions?open=new'))
  await page.getByLabel('Số máy').fill('101')
  await page.getByRole('button', { name: 'Lưu' }).click()
  await expect(page.getByText('Đã lưu')).toBeVisible()
  await page.goto(url('/'))
  await expect(steps.getByText('1/6')).toBeVisible()

  // The rest as the screens would do it; the screens have their own tests.
  const mine = await api(request, owner)
  const { user_id: user } = await mine.get('/session')
  const [extension] = (await mine.get('/extensions')).items
  await mine.patch(`/extensions/${extension.id}`, { user })
  await mine.post('/trunks', { name: 'Nhà mạng', kind: 'address', addresses: ['127.0.0.9'], probe: false })
  const [greeting] = (await operator.get('/greetings')).items
  const sound = await request.get(url(`/api/v1/greetings/${greeting.id}/audio`), {
    headers: operator.headers,
  })
  const uploaded = await request.post(url('/api/v1/greetings'), {
    headers: mine.headers,
    multipart: { name: 'Chào', file: { name: 'a.wav', mimeType: 'audio/wav', buffer: await sound.body() } },
  })
  expect(uploaded.ok(), await uploaded.text()).toBe(true)
  const colleague = { login: 'lien@hoasen.test', password: 'mat-khau-cua-lien' }
  const lien = await mine.post('/users', { ...colleague, name: 'Liên', role: 'agent' })
  const second = await mine.post('/extensions', { number: '102', name: 'Liên' })
  await mine.patch(`/extensions/${second.id}`, { user: lien.id })
  const play = { type: 'play', greeting: (await uploaded.json()).id, next: 'ring' }
  const ring = { type: 'extension', extension: second.id }
  const graph = { start: 'hello', nodes: { hello: play, ring } }
  const flow = await mine.post('/flows', { name: 'Chào', graph })
  await mine.post('/hotlines', { number: '02873009999', target: { kind: 'flow', id: flow.id } })
  await expect(steps.getByText('5/6')).toBeVisible()
  const elsewhere = await browser.newContext({ permissions: ['microphone'], locale: 'vi-VN' })
  const other = await elsewhere.newPage()
  await logIn(other, colleague)
  await expect(other.locator('.phone-pill')).toContainText('Sẵn sàng')
  await steps.getByRole('button', { name: 'Gọi 028 7300 9999' }).click()
  await expect(other.locator('.phone-call')).toBeVisible()
  await other.keyboard.press('Alt+a')
  await expect(other.locator('.phone-call')).toContainText('0:01')
  await other.keyboard.press('Alt+x')
  await expect(steps, 'all steps are done').toHaveCount(0, { timeout: 60_000 })
  const [call] = (await mine.get('/calls?status=answered')).items
  expect(call.recording.duration_ms).toBeGreaterThan(0)
  await Promise.all([context.close(), elsewhere.close()])
})

test('the steps can be hidden and brought back', async ({ page, request }) => {
  const operator = await api(request)
  const company = await operator.post('/companies', { name: 'Mai Vàng', domain: 'maivang.test' })
  const owner = { login: 'chu@maivang.test', password: 'mat-khau-cua-chu' }
  await operator.post(`/companies/${company.id}/users`, { ...owner, name: 'Mai', role: 'owner' })
  await logIn(page, owner)
  await page.getByRole('button', { name: 'Ẩn các bước' }).click()
  await expect(page.locator('.steps')).toHaveCount(0)
  await page.getByRole('button', { name: 'Trợ giúp' }).click()
  await page.getByRole('menuitem', { name: 'Các bước bắt đầu' }).click()
  await expect(page.locator('.steps')).toBeVisible()
})
