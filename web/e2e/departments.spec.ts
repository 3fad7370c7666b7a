import { accessible, api, expect, logIn, person, test, url } from './world'

test('a person is put into a department, which goes only when its people have another', async ({
  page,
  request,
}) => {
  const server = await api(request)
  await person(server, 'thu.phong@alo-demo', '313')
  const care = await server.post('/departments', { name: 'Chăm sóc' })
  await logIn(page)
  await page.goto(url('/departments?open=new'))
  await page.getByLabel('Tên phòng ban').fill('Kinh <b>doanh</b>')
  await page.getByRole('button', { name: 'Lưu' }).click()
  await expect(page.getByRole('row', { name: /Kinh <b>doanh<\/b>/ })).toContainText('0')
  await page.goto(url('/people'))
  await page.getByRole('link', { name: 'thu.phong', exact: true }).click()
  await page.getByLabel('Phòng ban').click()
  await page.getByTitle('Kinh <b>doanh</b>').click()
  await page.getByRole('button', { name: 'Lưu' }).click()
  await expect(page.getByRole('row', { name: /thu.phong/ })).toContainText('Kinh <b>doanh</b>')

  await page.goto(url('/departments'))
  await page.getByRole('link', { name: 'Kinh <b>doanh</b>' }).click()
  await expect(page.getByText('Có 1 người thuộc phòng ban này.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Xóa' })).toHaveCount(0)
  await accessible(page, 'a department with people')
  await page.getByLabel('Chuyển người sang').click()
  await page.getByTitle('Chăm sóc').click()
  await page.getByRole('button', { name: 'Xóa' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Xóa' }).last().click()
  await expect(page.getByRole('row', { name: /Chăm sóc/ })).toContainText('1')
  const { items } = await server.get('/departments')
  expect(items.map((one: { id: string }) => one.id)).toEqual([care.id])
})
