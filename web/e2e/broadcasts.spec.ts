import { api, expect, logIn, test, url } from './world'

test('a broadcast is ordered in its form, looked at and called off', async ({ page, request }) => {
  const asked = await api(request)
  const greeting = (await asked.get('/greetings')).items[0]
  await logIn(page)
  await page.goto(url('/broadcasts?open=new'))
  const form = page.getByRole('dialog')
  await form.getByLabel('Tên').fill('Nhắc lịch hẹn')
  await form.locator('textarea').first().fill('0901 234 567\n101')
  await form.getByRole('combobox', { name: 'Lời chào' }).click()
  await page.locator('.ant-select-dropdown:visible').getByText(greeting.name, { exact: true }).click()
  const begin = form.getByLabel('Không gọi trước')
  await begin.fill('31/12/2026 09:00')
  await begin.press('Enter')
  await shot(page, 'form')
  await form.getByRole('button', { name: 'Lưu' }).click()
  await page.getByRole('link', { name: 'Nhắc lịch hẹn' }).click()
  await expect(page.getByText('Đã hẹn giờ').first()).toBeVisible()
  await expect(page.getByText('từ 31/12/2026 09:00:00'), 'by the company’s clocks').toBeVisible()
  await expect(page.getByText('0901 234 567')).toBeVisible()
  await shot(page, 'page')
  await page.getByRole('button', { name: 'Hủy đợt gọi' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Hủy đợt gọi' }).click()
  await expect(page.getByText('Đã hủy').first()).toBeVisible()
  await expect(page.getByText('Không gọi', { exact: true }).first()).toBeVisible()
  await page.goto(url('/broadcasts'))
  await expect(page.getByRole('link', { name: 'Nhắc lịch hẹn' })).toBeVisible()
  await shot(page, 'list')
})

async function shot(page: import('@playwright/test').Page, name: string) {
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/broadcast-${name}.png` })
}
