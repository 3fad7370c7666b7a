import { accessible, admin, api, expect, logIn, test, url } from './world'

interface Fact {
  name: string
  value: string
}

test('a wrong password is told in words, and what was typed stays', async ({ page }) => {
  await page.goto(url('/calls?status=busy'))
  await expect(page).toHaveURL(/\/login/)
  await page.locator('#login').fill(admin().login)
  await page.locator('#password').fill('not the password')
  await page.keyboard.press('Enter')
  await expect(page.getByText('Tên đăng nhập hoặc mật khẩu không đúng.')).toBeVisible()
  await expect(page.locator('#login')).toHaveValue(admin().login)
  await page.locator('#password').fill(admin().password)
  await page.keyboard.press('Enter')
  await expect(page, 'back to where one wanted to go').toHaveURL(url('/calls?status=busy'))
})

test('no script can read the session', async ({ page, context }) => {
  await logIn(page)
  const [cookie] = await context.cookies()
  expect(cookie).toMatchObject({ name: 'alo_session', httpOnly: true, sameSite: 'Strict' })
  expect(await page.evaluate(() => document.cookie)).toBe('')
})

test('calls move over the board as they happen, without the lists being read again', async ({ page }) => {
  const reads: string[] = []
  page.on('request', (request) => request.url().includes('/api/v1/calls') && reads.push(request.url()))
  await logIn(page)
  await expect(page.locator('.lane-talking .live-card').first()).toBeVisible({ timeout: 40_000 })
  const before = reads.length
  const latest = page.locator('.latest li').first()
  const shown = await latest.innerText()
  await expect(async () => expect(await latest.innerText()).not.toBe(shown)).toPass({ timeout: 40_000 })
  expect(reads.length, 'the socket patches, nothing is fetched').toBe(before)
})

test('an extension is made, given to a person, and found by Ctrl-K without accents', async ({ page }) => {
  await logIn(page)
  await page.goto(url('/extensions?open=new'))
  await page.getByLabel('Số máy').fill('1')
  await page.getByRole('button', { name: 'Lưu' }).click()
  await expect(page.getByText('Dùng từ 2 đến 8 chữ số.')).toBeVisible()
  await page.getByLabel('Số máy').fill('205')
  await page.getByLabel('Tên', { exact: true }).fill('Đỗ Nguyễn <b>Hằng</b>')
  await page.getByRole('button', { name: 'Lưu' }).click()
  await expect(page.getByRole('cell', { name: 'Đỗ Nguyễn <b>Hằng</b>' })).toBeVisible()
  await page.keyboard.press('Control+k')
  await page.keyboard.type('do nguyen')
  await page.keyboard.press('Enter')
  await expect(page.getByText('Máy nhánh 205').first()).toBeVisible()
  await page.getByRole('button', { name: 'Hiện mật khẩu và mã QR' }).click()
  await expect(page.locator('.ant-qrcode')).toBeVisible()
})

test('an agent sees what an agent may, on the screen as at the API', async ({ page, request }) => {
  const server = await api(request)
  const lan = { login: 'lan@alo-demo', password: 'mat-khau-cua-lan' }
  await server.post('/users', { ...lan, name: 'Lan', role: 'agent' })
  await logIn(page, lan)
  await expect(page.getByRole('link', { name: 'Máy nhánh' })).toBeVisible()
  for (const hidden of ['Người dùng', 'Webhook', 'Công ty']) {
    await expect(page.getByRole('link', { name: hidden })).toHaveCount(0)
  }
  for (const path of ['/calls/export', '/users', '/webhooks', '/keys']) {
    expect((await page.request.get(url(`/api/v1${path}`))).status(), path).toBe(403)
  }
  await page.goto(url('/people'))
  await expect(page.getByText('Vai trò của bạn không có quyền làm việc này.')).toBeVisible()
  await page.goto(url('/extensions?open=new'))
  await expect(page.getByRole('button', { name: 'Thêm máy nhánh' })).toHaveCount(0)
})

test('a person changes the password and logs in with the new one', async ({ page, request }) => {
  const server = await api(request)
  const minh = { login: 'minh@alo-demo', password: 'mat-khau-cu-1' }
  await server.post('/users', { ...minh, name: 'Minh', role: 'manager' })
  await logIn(page, minh)
  await page.goto(url('/me'))
  await page.getByLabel('Mật khẩu hiện tại').fill('sai-mat-khau')
  await page.getByLabel('Mật khẩu mới', { exact: true }).fill('mat-khau-moi-2')
  await page.getByLabel('Nhập lại mật khẩu mới').fill('mat-khau-moi-2')
  await page.getByRole('button', { name: 'Đổi mật khẩu' }).click()
  await expect(page.getByText('Đây không phải mật khẩu hiện tại.')).toBeVisible()
  await page.getByLabel('Mật khẩu hiện tại').fill(minh.password)
  await page.getByRole('button', { name: 'Đổi mật khẩu' }).click()
  await expect(page).toHaveURL(/\/login/)
  await logIn(page, { ...minh, password: 'mat-khau-moi-2' })
})

test('a flow is drawn, walked, tested, published, dialled, replayed and taken back', async ({
  page,
  request,
}) => {
  test.setTimeout(150_000)
  const server = await api(request)
  const { items } = await server.get('/flows')
  const made = await server.post('/flows', { name: 'Thử', graph: items[0].graph })
  await logIn(page)
  await page.goto(url(`/flows/${made.id}`))
  await page.getByText('Gọi thử').click()
  await page.locator('.keypad').getByRole('button', { name: '1', exact: true }).click()
  await expect(page.getByText('Người gọi bấm phím 1.')).toBeVisible()
  await expect(page.locator('.flow-node.walked')).toHaveCount(2)
  await page.getByRole('button', { name: 'Thêm bước' }).click()
  await page.getByRole('menuitem', { name: 'Gọi nhóm' }).click()
  await expect(page.locator('.flow-node.wrong')).toContainText('Chưa chọn nhóm.')
  await expect(page.getByRole('button', { name: 'Phát hành…' })).toBeDisabled()
  await page.locator('.flow-pane').getByText('Bước', { exact: true }).click()
  await page.getByRole('button', { name: 'Giữ bản nháp' }).click()
  await expect(page.getByText('Bản nháp của')).toBeVisible()
  await page.reload()
  await expect(page.locator('.flow-node.wrong'), 'a draft is kept unfinished').toContainText(
    'Chưa chọn nhóm.',
  )
  expect((await server.get(`/flows/${made.id}`)).version, 'and meets no call').toBe(1)
  await page.locator('.flow-node.wrong .flow-head').click()
  await page.getByRole('button', { name: 'Xóa bước' }).click()
  await page.locator('.react-flow__node[data-id="welcome"] .flow-head').click()
  await page.getByLabel('Tên bước').fill('Chào khách')
  await page.getByLabel('Tên bước').press('Enter')

  await page.locator('.flow-pane').getByText('Bài thử', { exact: true }).click()
  await page.getByRole('button', { name: 'Thêm bài thử' }).click()
  await page.getByLabel('Bài thử cho thấy gì').fill('Phím 1 đổ chuông')
  await page.getByLabel('Các phím bấm').fill('1')
  await page.getByLabel('Phải dừng ở bước').click()
  await page.locator('.ant-select-item-option-content', { hasText: 'first' }).click()
  await page.getByRole('button', { name: 'Lưu' }).click()
  await expect(page.getByRole('img', { name: 'Đạt', exact: true })).toBeVisible()
  await accessible(page, 'tests of a flow')

  await page.getByRole('button', { name: 'Phát hành…' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByText('Bước mới “chao-khach”')).toBeVisible()
  await dialog.getByLabel('Sửa gì, vì sao').fill('Đổi tên bước chào')
  await accessible(page, 'publish a flow')
  await dialog.getByRole('button', { name: 'Phát hành ngay' }).click()
  await expect(page.getByText('Phiên bản 2 đang dùng')).toBeVisible()
  const stored = await server.get(`/flows/${made.id}`)
  expect([stored.version, stored.graph.start, stored.drafted]).toEqual([2, 'chao-khach', false])
  await accessible(page, 'flow')

  // Customers of the demo meet it now, and their calls say so.
  const [hotline] = (await server.get('/hotlines')).items
  await server.patch(`/hotlines/${hotline.id}`, { target: { kind: 'flow', id: made.id } })
  const met = async () => {
    const { items: calls } = await server.get('/calls?limit=5')
    const trails = await Promise.all(calls.map(({ id }: { id: string }) => server.get(`/calls/${id}/trail`)))
    const facts = trails.flatMap((trail) => trail.items).filter((one) => one.step === 'flow_version')
    return facts.map((one) => Object.fromEntries(one.facts.map((f: Fact) => [f.name, f.value])))
  }
  const author = stored.author
  await expect
    .poll(met, { timeout: 90_000 })
    .toContainEqual(expect.objectContaining({ flow: made.id, version: '2', author }))
  await server.patch(`/hotlines/${hotline.id}`, { target: hotline.target })
  await page.getByRole('button', { name: 'Thêm về kịch bản này' }).click()
  await page.getByRole('menuitem', { name: 'Cuộc gọi cũ sẽ ra sao?' }).click()
  await expect(page.getByText('Mọi người gọi đều dừng ở chỗ cũ.')).toBeVisible()
  await page.keyboard.press('Escape')

  await page.locator('.flow-pane').getByText('Các bản', { exact: true }).click()
  await page.getByRole('button', { name: 'Quay về phiên bản 1' }).click()
  await page.getByRole('button', { name: 'Quay về bản này', exact: true }).last().click()
  await expect(page.getByText('Phiên bản 3 đang dùng')).toBeVisible()
  await expect(page.locator('.versions > li')).toHaveCount(3)
  await accessible(page, 'versions of a flow')
})

test('a key is made with an end, shown once, and revoked', async ({ page }) => {
  await logIn(page)
  await page.goto(url('/keys?open=new'))
  await page.getByLabel('Dùng để làm gì').fill('CRM thử')
  await page.getByRole('button', { name: 'Lưu' }).click()
  const secret = (await page.locator('.ant-modal .copy code').innerText()).trim()
  await page.getByRole('button', { name: 'Xong' }).click()
  const ask = () =>
    page.request.get(url('/api/v1/extensions'), { headers: { Authorization: `Bearer ${secret}` } })
  expect((await ask()).status()).toBe(200)
  await page.getByRole('row', { name: /CRM thử/ }).click()
  await page.getByRole('button', { name: 'Thu hồi' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Thu hồi' }).last().click()
  await expect(page.getByRole('row', { name: /CRM thử/ })).toContainText('Đã thu hồi')
  expect((await ask()).status()).toBe(401)
})

test('a voice is recorded in the browser and becomes a greeting', async ({ page, request }) => {
  await logIn(page)
  await page.goto(url('/greetings?open=new'))
  await page.getByLabel('Tên', { exact: true }).fill('Giọng của tôi')
  await page.getByText('Tự ghi âm').click()
  await page.getByRole('button', { name: 'Bắt đầu ghi âm' }).click()
  await page.getByRole('button', { name: /Dừng 0:01/ }).click()
  await page.getByRole('button', { name: 'Lưu' }).click()
  await expect(page.getByRole('cell', { name: 'Giọng của tôi', exact: true })).toBeVisible()
  const { items } = await (await api(request)).get('/greetings?limit=200')
  const greeting = items.find((one: { name: string }) => one.name === 'Giọng của tôi')
  expect(greeting.duration_ms).toBeGreaterThan(800)
})

test('a server that is away is told with a way to try again', async ({ page }) => {
  await logIn(page)
  await page.route('**/api/v1/ring-groups**', (route) => route.abort())
  await page.goto(url('/groups'))
  await expect(page.getByText('Chưa tải được')).toBeVisible()
  await page.unroute('**/api/v1/ring-groups**')
  await page.getByRole('button', { name: 'Thử lại' }).click()
  await expect(page.getByRole('cell', { name: 'All extensions' })).toBeVisible()
})

test('what may be called to the outside is bounded, for the company and for an extension', async ({
  page,
  request,
}) => {
  const server = await api(request)
  await logIn(page)
  await page.goto(url('/company'))
  await page.getByLabel('Số cuộc gọi cùng lúc').fill('40')
  await page.getByRole('button', { name: 'Lưu' }).last().click()
  await expect(page.getByText('Đã lưu')).toBeVisible()
  expect((await server.get('/limits')).outbound_calls).toBe(40)
  const { id } = (await server.get('/extensions')).items.find(
    (one: { number: string }) => one.number === '106',
  )
  await page.goto(url(`/extensions?open=${id}`))
  await page.getByRole('button', { name: 'Giới hạn gọi ra ngoài' }).click()
  await page.getByLabel('Số phút đàm thoại trong 24 giờ').fill('90')
  await accessible(page, 'limits')
  await page
    .getByRole('dialog', { name: 'Giới hạn gọi ra ngoài' })
    .getByRole('button', { name: 'Lưu' })
    .click()
  await expect(async () =>
    expect((await server.get(`/extensions/${id}/limits`)).outbound_minutes_per_day).toBe(90),
  ).toPass()
})

test('the company is brought as a text, changed, looked at and applied as a whole', async ({
  page,
  request,
}) => {
  const server = await api(request)
  await logIn(page)
  await page.goto(url('/configuration'))
  await page.getByRole('button', { name: 'Lấy thiết lập hiện có' }).click()
  const text = page.getByLabel('Văn bản', { exact: true })
  await expect(text).toHaveValue(/extensions:/)
  await page.getByRole('button', { name: 'Sẽ đổi gì?' }).click()
  await expect(page.getByText('Không có gì: công ty đang đúng như văn bản.')).toBeVisible()
  await text.fill('ring_groups:\n  - { name: Đêm, members: [extension/99999] }')
  await page.getByRole('button', { name: 'Sẽ đổi gì?' }).click()
  await expect(page.getByText('ring_groups.Đêm.members[0]')).toBeVisible()
  const { number } = (await server.get('/extensions')).items[0]
  await text.fill(`ring_groups:\n  - { name: Đêm, members: [extension/${number}] }`)
  await page.getByRole('button', { name: 'Sẽ đổi gì?' }).click()
  await expect(page.getByText('1 mục mới, 0 mục thay đổi.')).toBeVisible()
  await accessible(page, 'a plan')
  await page.getByRole('button', { name: 'Thực hiện' }).click()
  await expect(page.getByRole('heading', { name: 'Đã thay đổi' })).toBeVisible()
  const groups = (await server.get('/ring-groups')).items
  expect(groups.map(({ name }: { name: string }) => name)).toContain('Đêm')
})

test('a desk phone is given an address, which is shown once', async ({ page, request }) => {
  const server = await api(request)
  const extension = await server.post('/extensions', { number: '771', name: 'Máy bàn' })
  await logIn(page)
  await page.goto(url(`/extensions?open=${extension.id}`))
  await page.getByRole('button', { name: 'Thêm điện thoại bàn' }).click()
  await page.getByLabel('Địa chỉ MAC').fill('00:15:65')
  await page.getByRole('button', { name: 'Tạo địa chỉ' }).click()
  await expect(page.getByText('Nhập 12 ký tự')).toBeVisible()
  await page.getByLabel('Địa chỉ MAC').fill('00:15:65:12:ab:34')
  await page.getByRole('button', { name: 'Tạo địa chỉ' }).click()
  const shown = page.locator('.ant-alert .copy code')
  await expect(shown).toHaveText(/\/provision\/\w{32}\/$/)
  await accessible(page, 'a desk phone')
  // Without TLS the settings are not given away.
  const answer = await request.get(`${await shown.innerText()}00156512ab34.cfg`)
  expect(answer.status()).toBe(403)
  await page.reload()
  await expect(page.getByText('00:15:65:12:AB:34')).toBeVisible()
  await expect(shown).toHaveCount(0)
})
