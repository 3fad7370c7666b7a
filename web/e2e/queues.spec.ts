import { accessible, api, expect, logIn, person, test } from './world'

test('a caller waits on the wallboard until the agent is ready, talks, and the agent pauses', async ({
  browser,
  page,
  request,
}) => {
  test.setTimeout(150_000)
  const server = await api(request)
  const hanh = await person(server, 'hanh@alo-demo', '311')
  await server.post('/pause-reasons', { name: 'Ăn trưa' })
  const queue = await server.post('/queues', {
    name: 'Chăm sóc',
    members: [{ extension: hanh.extension }],
    settings: { join_when: 'always' },
  })
  const [hotline] = (await server.get('/hotlines')).items
  await server.patch(`/hotlines/${hotline.id}`, { target: { kind: 'queue', id: queue.id } })
  try {
    await logIn(page)
    const wall = page.getByRole('region', { name: 'Hàng đợi lúc này' })
    const agent = wall.getByRole('listitem').filter({ hasText: 'Máy 311' })
    await expect(wall.locator('.wall-waiting li').first(), 'a customer of the demo').toBeVisible({
      timeout: 60_000,
    })
    await expect(agent).toContainText('Không trực')
    await accessible(page, 'wallboard')

    const context = await browser.newContext({ permissions: ['microphone'], locale: 'vi-VN' })
    const desk = await context.newPage()
    await logIn(desk, hanh)
    await expect(desk.locator('.phone-pill')).toContainText('Sẵn sàng')
    const status = desk.getByRole('button', { name: /Trạng thái nhận cuộc gọi của tôi/ })
    const choose = async (wish: string) => {
      await status.click()
      await desk.getByRole('menuitem', { name: wish }).click()
    }
    await expect(status).toContainText('Không trực')
    await choose('Vào trực, nhận cuộc gọi')
    await expect(desk.locator('.phone-call')).toBeVisible({ timeout: 60_000 })
    await desk.keyboard.press('Alt+a')
    await expect(status).toContainText('Đang đàm thoại')
    await expect(agent).toContainText('Đang đàm thoại')
    await expect(wall.getByText(/% kịp thời/)).toBeVisible()
    await choose('Tạm nghỉ: Ăn trưa')
    await desk.keyboard.press('Alt+x')
    await expect(status).toContainText('Tạm nghỉ: Ăn trưa')
    await expect(agent).toContainText('Tạm nghỉ: Ăn trưa')

    await agent.getByRole('button').click()
    await page.getByRole('menuitem', { name: 'Rời hàng đợi' }).click()
    await expect(status, 'what a supervisor orders is told').toContainText('Không trực')
    await context.close()
  } finally {
    await server.patch(`/hotlines/${hotline.id}`, { target: hotline.target })
  }
})
