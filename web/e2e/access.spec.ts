import type { Page } from '@playwright/test'
import { mailedLink } from './mail'
import { code } from './totp'
import { accessible, api, expect, logIn, test, url } from './world'

// Coming in: by invitation, after forgetting, with a second factor; and going out from afar.

const mails = () => process.env.ALO_MAILS ?? ''

async function linkTo(address: string, not?: string): Promise<string> {
  let link: string | undefined
  await expect(() => {
    link = mailedLink(mails(), address)
    expect(link).toBeTruthy()
    expect(link).not.toBe(not)
  }).toPass({ timeout: 20_000 })
  return link ?? ''
}

async function choose(page: Page, link: string, password: string): Promise<void> {
  await page.goto(link)
  await page.getByLabel('Mật khẩu mới', { exact: true }).fill(password)
  await page.getByLabel('Nhập lại mật khẩu mới').fill(password)
  await page.getByRole('button', { name: 'Dùng mật khẩu này' }).click()
  await expect(page).toHaveURL(url('/login'))
}

test('an invited person chooses a password by the mailed link, and another one after forgetting it', async ({
  page,
  context,
}) => {
  await logIn(page)
  await page.goto(url('/people?open=new'))
  await page.getByLabel('Họ tên').fill('Trần <i>Mai</i>')
  await page.getByLabel('Tên đăng nhập').fill('mai')
  await page.getByLabel('Địa chỉ thư').fill('mai')
  await page.getByRole('button', { name: 'Lưu' }).click()
  await expect(page.getByText('Hãy nhập một địa chỉ thư, ví dụ lan@example.vn.')).toBeVisible()
  await page.getByLabel('Địa chỉ thư').fill('mai@example.vn')
  await page.getByRole('button', { name: 'Lưu' }).click()
  await expect(page.getByText('Lời mời đang được gửi tới mai@example.vn.')).toBeVisible()
  await accessible(page, 'invited')
  await page.getByRole('button', { name: 'Xong' }).click()
  await expect(page.getByRole('row', { name: /Mai/ }).getByText('Đã mời')).toBeVisible()

  await context.clearCookies()
  const invitation = await linkTo('mai@example.vn')
  await page.goto(invitation)
  await expect(page.getByRole('heading', { name: /Chào mừng bạn đến với/ })).toBeVisible()
  await accessible(page, 'choosing a password')
  await choose(page, invitation, 'mat-khau-cua-mai')
  await logIn(page, { login: 'mai', password: 'mat-khau-cua-mai' })

  await context.clearCookies()
  await page.goto(invitation)
  await expect(page.getByText('Liên kết này không còn dùng được.'), 'a link counts once').toBeVisible()

  await page.goto(url('/login'))
  await page.getByRole('link', { name: 'Quên mật khẩu?' }).click()
  await accessible(page, 'forgotten')
  await page.getByLabel('Tên đăng nhập hoặc địa chỉ thư').fill('mai@example.vn')
  await page.keyboard.press('Enter')
  await expect(page.getByText('Hãy xem hộp thư của bạn')).toBeVisible()
  await choose(page, await linkTo('mai@example.vn', invitation), 'mat-khau-moi-cua-mai')
  await logIn(page, { login: 'mai', password: 'mat-khau-moi-cua-mai' })
})

test('a second factor is set up, asked for, and replaced by a recovery code', async ({
  page,
  context,
  request,
}) => {
  const binh = { login: 'binh@alo-demo', password: 'mat-khau-cua-binh' }
  await (await api(request)).post('/users', { ...binh, name: 'Bình', role: 'agent' })
  await logIn(page, binh)
  await page.goto(url('/me'))
  await page.getByRole('button', { name: 'Bật xác thực hai lớp' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Mật khẩu hiện tại').fill('nhầm rồi')
  await page.keyboard.press('Enter')
  await expect(dialog.getByText('Đây không phải mật khẩu hiện tại.')).toBeVisible()
  await dialog.getByLabel('Mật khẩu hiện tại').fill(binh.password)
  await page.keyboard.press('Enter')
  const secret = await page.locator('.factor-scan code').innerText()
  await accessible(page, 'enrolment')
  // The code of the step before, so that the present one is left for the login.
  await page.getByLabel('Mã xác thực').fill(code(secret, -1))
  await page.keyboard.press('Enter')
  await expect(page.getByText('Tôi đã cất mã khôi phục ở nơi an toàn')).toBeVisible()
  const codes = (await page.getByRole('dialog').locator('code').innerText()).split('\n')
  expect(codes).toHaveLength(10)
  await page.getByText('Tôi đã cất mã khôi phục ở nơi an toàn').click()
  await page.getByRole('button', { name: 'Xong' }).click()
  await expect(page.getByText('Còn 10 mã khôi phục.')).toBeVisible()

  const enter = async (typed: string) => {
    await context.clearCookies()
    await page.goto(url('/login'))
    await page.locator('#login').fill(binh.login)
    await page.locator('#password').fill(binh.password)
    await page.keyboard.press('Enter')
    await page.getByLabel('Mã xác thực').fill('000000')
    await page.keyboard.press('Enter')
    await expect(page.getByText('Mã sai, hoặc đã được dùng rồi.')).toBeVisible()
    await page.getByLabel('Mã xác thực').fill(typed)
    await page.keyboard.press('Enter')
    await expect(page).toHaveURL(url('/'))
  }
  await enter(code(secret, 1))
  await enter(codes[3] ?? '')
  await page.goto(url('/me'))
  await expect(page.getByText('Còn 9 mã khôi phục.')).toBeVisible()
})

test('a session elsewhere is seen and ended', async ({ page, browser, request }) => {
  const thu = { login: 'thu@alo-demo', password: 'mat-khau-cua-thu' }
  await (await api(request)).post('/users', { ...thu, name: 'Thu', role: 'agent' })
  const elsewhere = await browser.newContext({
    locale: 'vi-VN',
    userAgent: 'Mozilla/5.0 (Windows NT 10.0) Firefox/140.0',
  })
  const other = await elsewhere.newPage()
  await logIn(other, thu)
  await logIn(page, thu)
  await page.goto(url('/me'))
  await expect(page.getByText('Tại đây')).toHaveCount(1)
  await page.getByRole('button', { name: 'Kết thúc: Firefox · Windows' }).click()
  await expect(page.getByText('Đã đăng xuất')).toBeVisible()
  await expect(page.getByText('Firefox · Windows')).toHaveCount(0)
  await other.reload()
  await expect(other).toHaveURL(/\/login/)
  await elsewhere.close()
})

test('a key is bounded, rotated with an overlap, and shows what it is for', async ({ page, request }) => {
  await logIn(page)
  await page.goto(url('/keys?open=new'))
  await page.getByLabel('Dùng để làm gì').fill('CRM cũ')
  await page.getByLabel('Số yêu cầu mỗi phút').fill('600')
  await page.getByLabel('Được dùng từ').fill('127.0.0.0/8')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Lưu' }).click()
  const dialog = page.getByRole('dialog', { name: 'Khóa mới' })
  const first = await dialog.locator('code').last().innerText()
  await dialog.getByRole('button', { name: 'Xong' }).click()
  const row = page.getByRole('row', { name: /CRM cũ/ })
  await expect(row).toContainText('1 địa chỉ, 600 lần/phút')
  await row.click()
  await accessible(page, 'a key')
  await page.getByRole('button', { name: 'Tạo khóa bí mật mới' }).click()
  await expect(dialog.getByText(/Khóa cũ dùng được đến/)).toBeVisible()
  const second = await dialog.locator('code').last().innerText()
  expect(second).not.toBe(first)
  for (const key of [first, second]) {
    const answer = await request.get(url('/api/v1/session'), { headers: { Authorization: `Bearer ${key}` } })
    expect(answer.status()).toBe(200)
  }
})
