import { accessible, api, expect, logIn, test, url } from './world'

// Other companies end the demo, whose calls the other tests see: these run behind them.

test('a person accepts an invitation with the account they have and goes from company to company', async ({
  page,
  context,
  request,
}) => {
  const operator = await api(request)
  const owners = []
  for (const [name, domain] of [
    ['Cúc Họa Mi', 'cuc.test'],
    ['Thược Dược', 'duoc.test'],
  ]) {
    const company = await operator.post('/companies', { name, domain })
    const owner = { login: `chu@${domain}`, password: 'mat-khau-cua-chu' }
    await operator.post(`/companies/${company.id}/users`, { ...owner, name, role: 'owner' })
    owners.push({ owner, server: await api(request, owner) })
  }
  const [cuc, duoc] = owners
  if (!cuc || !duoc) throw new Error('two companies')
  await cuc.server.post('/extensions', { number: '101', name: 'Máy của Cúc' })
  await duoc.server.post('/extensions', { number: '201', name: 'Máy của Dược' })
  const guest = await duoc.server.post('/users', { login: 'cuc.khach', name: 'Cúc', role: 'manager' })
  const { link } = await duoc.server.post(`/users/${guest.id}/invitation`, {})
  const { hash } = new URL(link)

  await page.goto(url(`/password${hash}`))
  await expect(page.getByText('Tôi đã có tài khoản')).toBeVisible()
  await accessible(page, 'an invitation')
  await page.getByRole('link', { name: 'Đăng nhập để vào' }).click()
  await page.locator('#login').fill(cuc.owner.login)
  await page.locator('#password').fill(cuc.owner.password)
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Vào Thược Dược' }).click()
  await expect(page).toHaveURL(url('/me'))
  await expect(page.getByRole('row', { name: /Thược Dược/ })).toContainText('Quản lý')
  await accessible(page, 'my companies')

  await page.goto(url('/extensions'))
  await expect(page.getByRole('cell', { name: 'Máy của Cúc' })).toBeVisible()
  const other = await context.newPage()
  await other.goto(url('/extensions'))
  await expect(other.getByRole('cell', { name: 'Máy của Cúc' })).toBeVisible()
  await page.getByRole('button', { name: 'Công ty: Cúc Họa Mi. Đổi' }).click()
  await page.getByRole('menuitem', { name: 'Thược Dược · Quản lý' }).click()
  await expect(page.getByRole('button', { name: 'Công ty: Thược Dược. Đổi' })).toBeVisible()
  await page.goto(url('/extensions'))
  await expect(page.getByRole('cell', { name: 'Máy của Dược' })).toBeVisible()
  await expect(page.getByText('Máy của Cúc')).toHaveCount(0)
  await expect(other, 'another tab follows').toHaveURL(url('/'))
  await expect(other.getByRole('button', { name: 'Công ty: Thược Dược. Đổi' })).toBeVisible()
  await expect(other.getByText('Máy của Cúc')).toHaveCount(0)
})

test('a company asks for help, the operator answers, and suspends another', async ({
  page,
  browser,
  request,
}) => {
  const operator = await api(request)
  const company = await operator.post('/companies', { name: 'Bằng Lăng', domain: 'banglang.test' })
  const owner = { login: 'chu@banglang.test', password: 'mat-khau-cua-chu' }
  await operator.post(`/companies/${company.id}/users`, { ...owner, name: 'Bằng', role: 'owner' })
  await logIn(page, owner)
  await page.getByRole('link', { name: 'Hỗ trợ' }).click()
  await page.getByRole('button', { name: 'Gửi yêu cầu' }).first().click()
  await page.getByLabel('Tiêu đề').fill('Không nghe thấy <b>tiếng</b>')
  await page.getByLabel('Nội dung').fill('Từ sáng nay.')
  await page.getByRole('button', { name: 'Lưu' }).click()
  await page.getByRole('link', { name: 'Không nghe thấy <b>tiếng</b>' }).click()
  await expect(page.getByRole('log').getByText('Từ sáng nay.')).toBeVisible()

  const context = await browser.newContext({ locale: 'vi-VN' })
  const house = await context.newPage()
  await logIn(house)
  await house.getByRole('link', { name: 'Yêu cầu hỗ trợ' }).click()
  await expect(house.getByRole('row', { name: /Bằng Lăng/ })).toContainText('Chờ trả lời')
  await accessible(house, 'requests')
  await house.getByRole('link', { name: 'Không nghe thấy <b>tiếng</b>' }).click()
  await house.getByLabel('Viết tin nhắn').fill('Chúng tôi đang xem.')
  await house.keyboard.press('Control+Enter')
  await expect(page.getByRole('log').getByText('Chúng tôi đang xem.'), 'told live').toBeVisible()
  await expect(page.getByText('Đã trả lời')).toBeVisible()
  await accessible(page, 'a conversation')
  await page.getByRole('button', { name: 'Đóng yêu cầu' }).click()
  await expect(page.getByText('Đã đóng')).toBeVisible()

  await house.goto(url(`/companies?open=${company.id}`))
  await house.getByRole('button', { name: 'Hạn mức' }).click()
  await house.getByLabel('Số cuộc gọi cùng lúc').fill('12')
  await accessible(house, 'quota')
  await house.getByRole('dialog', { name: 'Hạn mức' }).getByRole('button', { name: 'Lưu' }).click()
  await expect(async () =>
    expect((await operator.get(`/companies/${company.id}/quota`)).calls).toBe(12),
  ).toPass()
  await house.getByRole('button', { name: 'Tạm ngưng' }).click()
  await house.getByRole('dialog').getByRole('button', { name: 'Tạm ngưng' }).last().click()
  await expect(house.getByRole('row', { name: /Bằng Lăng/ })).toContainText('Tạm ngưng')
  await accessible(house, 'companies')
  await page.goto(url('/login'))
  await page.locator('#login').fill(owner.login)
  await page.locator('#password').fill(owner.password)
  await page.keyboard.press('Enter')
  await expect(page.getByText('Công ty đang bị tạm ngưng.')).toBeVisible()
  await context.close()
})
