import { accessible, api, expect, logIn, person, test, url } from './world'

test('an agent forwards the own calls, and a manager sees it and takes it back', async ({
  page,
  request,
}) => {
  const server = await api(request)
  const mai = await person(server, 'mai.chuyen@alo-demo', '312')
  await logIn(page, mai)
  await page.goto(url('/me'))
  await page.getByLabel('Khi không ai nghe, chuyển đến').fill('312')
  await page.getByLabel('Đổ chuông trong').fill('15')
  const save = page
    .locator('section')
    .filter({ hasText: 'Cuộc gọi của tôi' })
    .getByRole('button', { name: 'Lưu' })
  await save.click()
  await expect(page.getByText('Máy nhánh không thể chuyển về chính nó.')).toBeVisible()
  await page.getByLabel('Khi không ai nghe, chuyển đến').fill('101')
  await save.click()
  await expect(page.getByText('Đã lưu')).toBeVisible()
  await accessible(page, 'own handling')
  const kept = () => server.get(`/extensions/${mai.extension}/handling`)
  expect(await kept()).toMatchObject({ forward_no_answer: '101', ring_ms: 15_000, forward_busy: null })

  await page.context().clearCookies()
  await logIn(page)
  await page.goto(url(`/extensions?open=${mai.extension}`))
  await page.getByRole('button', { name: 'Chuyển hướng và không làm phiền' }).click()
  const dialog = page.getByRole('dialog', { name: 'Chuyển hướng và không làm phiền' })
  await expect(dialog.getByLabel('Khi không ai nghe, chuyển đến')).toHaveValue('101')
  await dialog.getByLabel('Khi không ai nghe, chuyển đến').fill('')
  await dialog.getByRole('switch').click()
  await accessible(page, 'handling of an extension')
  await dialog.getByRole('button', { name: 'Lưu' }).click()
  await expect(async () =>
    expect(await kept()).toMatchObject({ forward_no_answer: null, do_not_disturb: true }),
  ).toPass()
})

test('a caller is blocked by the first digits and let in again', async ({ page, request }) => {
  const server = await api(request)
  await logIn(page)
  await page.goto(url('/callers?open=new'))
  await page.getByLabel('Người gọi').fill('không phải số')
  await page.getByRole('button', { name: 'Lưu' }).click()
  await expect(page.getByText('Nhập một số')).toBeVisible()
  await page.getByLabel('Người gọi').fill('+84599*')
  await page.getByLabel('Lý do').fill('Quảng cáo <b>phiền</b>')
  await page.getByRole('button', { name: 'Lưu' }).click()
  await expect(page.getByRole('row', { name: /84599/ })).toContainText('Quảng cáo <b>phiền</b>')
  expect((await server.get('/caller-rules')).items).toMatchObject([{ list: 'blocked', pattern: '+84599*' }])
  await page.getByRole('row', { name: /84599/ }).click()
  await page.getByRole('button', { name: 'Xóa' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Xóa' }).last().click()
  await expect(page.getByText('Chưa có quy tắc nào')).toBeVisible()
  expect((await server.get('/caller-rules')).items).toEqual([])
})
