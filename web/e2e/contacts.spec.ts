import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { accessible, api, expect, logIn, test, url } from './world'

test('a contact is made, found without accents and by its last digits, noted and removed', async ({
  page,
}) => {
  await logIn(page)
  await page.goto(url('/contacts?open=new'))
  await page.getByLabel('Tên', { exact: true }).fill('Đỗ Thị <b>Hằng</b>')
  await page.getByLabel('Điện thoại 1').fill('abc')
  await page.getByRole('button', { name: 'Lưu' }).click()
  await expect(page.getByText('Nhập từ 3 đến 15 chữ số')).toBeVisible()
  await page.getByLabel('Điện thoại 1').fill('0977 123 456')
  await accessible(page, 'a new contact')
  await page.getByRole('button', { name: 'Lưu' }).click()
  await expect(page.getByRole('heading', { name: 'Đỗ Thị <b>Hằng</b>' })).toBeVisible()
  await page.getByLabel('Viết điều vừa trao đổi…').fill('Hẹn gọi lại thứ hai')
  await page.getByRole('button', { name: 'Lưu ghi chép' }).click()
  await expect(page.locator('.notes li')).toContainText('Hẹn gọi lại thứ hai')
  for (const typed of ['do hang', '3456', '+84 977']) {
    await page.goto(url('/contacts'))
    await page.getByLabel('Tên không dấu, công ty hoặc số điện thoại').fill(typed)
    await expect(page, 'the search is in the address').toHaveURL(/q=/)
    await expect(page.locator('.row-link')).toHaveCount(1)
  }
  await page.keyboard.press('Control+k')
  await page.keyboard.type('do thi')
  await page.getByRole('option', { name: /Đỗ Thị/ }).click()
  await page.getByRole('button', { name: 'Sửa' }).click()
  await page.getByRole('button', { name: 'Xóa', exact: true }).last().click()
  await page.locator('.ant-modal-confirm').getByRole('button', { name: 'Xóa' }).click()
  await expect(page).toHaveURL(url('/contacts'))
  await page.goto(url('/contacts?q=3456'))
  await expect(page.getByText('Không có ai khớp')).toBeVisible()
})

test('a file is looked at, written and undone', async ({ page, request }, info) => {
  const server = await api(request)
  await server.post('/contacts', { name: 'Minh', phones: [{ number: '0912000999' }] })
  const rows = ['Họ tên;SĐT;Công ty', 'Lan;901234111;Ánh Dương', 'Minh;0912000999;ABC', '=SUM(A1);abc;']
  const file = info.outputPath('khach.csv')
  writeFileSync(file, rows.join('\n'))
  await logIn(page)
  await page.goto(url('/contacts/import'))
  await accessible(page, 'import')
  await page.locator('input[type=file]').setInputFiles(file)
  await expect(page.getByText('Mỗi cột là gì?')).toBeVisible()
  await accessible(page, 'mapping')
  await page.getByRole('button', { name: 'Xem trước' }).click()
  await expect(page.getByText('Thêm mới · 1')).toBeVisible()
  await page.getByText('Thay đổi · 1').click()
  await expect(page.locator('.change ins')).toContainText('ABC')
  await page.getByText('Lỗi · 1').click()
  await expect(page.locator('.bad')).toBeVisible()
  await accessible(page, 'preview')
  const bad = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Tải dòng lỗi' }).click()
  await (await bad).saveAs(join(info.outputDir, 'errors.csv'))
  await page.getByRole('button', { name: 'Nhập 2 dòng' }).click()
  await page.locator('.ant-modal-confirm').getByRole('button', { name: 'Nhập 2 dòng' }).click()
  await expect(page.getByText('Đã nhập 2 dòng')).toBeVisible()
  const found = await server.get('/contacts/lookup?phone=0901234111')
  expect(found.contact.company).toBe('Ánh Dương')
  await accessible(page, 'imported')
  await page.getByRole('button', { name: 'Hoàn tác' }).click()
  await page.locator('.ant-modal-confirm').getByRole('button', { name: 'Hoàn tác' }).click()
  await expect(page.getByText('Đã hoàn tác tất cả')).toBeVisible()
  expect((await server.get('/contacts/lookup?phone=0901234111')).contact).toBeNull()
})

test('callers are named where their calls are shown, and figures lead to the calls', async ({
  page,
  request,
}) => {
  const server = await api(request)
  await expect(async () =>
    expect((await server.get('/calls?direction=inbound')).items.length).toBeGreaterThan(0),
  ).toPass({ timeout: 50_000 })
  const [call] = (await server.get('/calls?direction=inbound')).items
  const number = encodeURIComponent(call.caller_number)
  const known = await server.get(`/contacts/lookup?phone=${number}`)
  const made =
    known.contact ??
    (await server.post('/contacts', { name: 'Chị Lan', phones: [{ number: call.caller_number }] }))
  await logIn(page)
  await page.goto(url(`/calls?number=${number}`))
  await expect(page.locator('.party').first()).toContainText(made.name)
  await page.goto(url(`/contacts/${made.id}`))
  await expect(page.locator('.latest li').first()).toBeVisible()
  await accessible(page, 'a contact')
  await page.goto(url('/statistics?span=today'))
  const tile = page.locator('a.figure').first()
  await expect(tile.locator('strong')).not.toHaveText('0')
  await expect(page.locator('.chart svg')).toBeVisible()
  await accessible(page, 'statistics')
  await tile.click()
  await expect(page).toHaveURL(/\/calls\?.*from=/)
  await expect(page.locator('.row-link').first()).toBeVisible()
})
