import { accessible, api, expect, test, url } from './world'

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
  const guest = await duoc.server.post('/users', { login: 'cuc@duoc.test', name: 'Cúc', role: 'manager' })
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
