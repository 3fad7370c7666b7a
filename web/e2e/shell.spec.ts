import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { accessible, api, expect, logIn, test, url } from './world'

// What stands around every screen: finding anything by keys, being told, beginning, and being an app.

const seek = async (page: Page, text: string) => {
  await expect(page.getByRole('banner')).toBeVisible()
  await page.keyboard.press('Control+k')
  await expect(page.getByRole('combobox', { name: 'Số, tên, mã hoặc việc cần làm' })).toBeFocused()
  await page.keyboard.type(text)
}

test('anything is found and done by keys alone', async ({ page, request }) => {
  const server = await api(request)
  await server.post('/extensions', { number: '320', name: 'Nguyễn Thị Đào' })
  const hotline = (await server.get('/hotlines')).items[0]
  await logIn(page)
  await seek(page, 'nguyen thi dao')
  await expect(page.getByRole('option', { name: /Nguyễn Thị Đào/ })).toBeVisible()
  await accessible(page, 'palette')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/extensions\?open=ext_/)
  await page.goto(url('/'))

  // The hotline is kept as +84…; it is found as people at home and abroad write it.
  const home = hotline.number.replace('+84', '0')
  for (const typed of [
    home,
    `0084${home.slice(1)}`,
    `${home.slice(0, 3)}.${home.slice(3, 7)}-${home.slice(7)}`,
  ]) {
    await seek(page, typed)
    await expect(page.getByRole('group', { name: 'Hotline' }).getByRole('option'), typed).toHaveCount(1)
    await expect(page.getByRole('option', { name: /^Các cuộc gọi của/ })).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(page.getByRole('dialog')).toHaveCount(0)
  }
  await seek(page, hotline.id)
  await expect(page.getByRole('option')).toHaveCount(1)
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)

  await seek(page, 'giao dien toi')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Enter')
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
})

test('the bell tells of a missed call, and of nothing once it was looked at', async ({ page }) => {
  await logIn(page)
  const bell = page.getByRole('button', { name: /^Thông báo/ })
  // Of the demo's customers one now and then gives up or finds everybody busy.
  await expect(bell).not.toHaveAccessibleName(/: 0 /, { timeout: 55_000 })
  await bell.click()
  const missed = page.getByRole('link', { name: /^Cuộc gọi nhỡ từ/ }).first()
  await accessible(page, 'notices')
  await missed.click()
  await expect(page).toHaveURL(/\/calls\/call_/)
  await expect(bell).toHaveAccessibleName(/: 0 /)

  await page.setViewportSize({ width: 390, height: 850 })
  await bell.click()
  await expect(missed).toBeInViewport({ ratio: 1 })
})

test('the console is an app: kept without the API, told of a newer build, and says when there is no network', async ({
  page,
  context,
}) => {
  const ui = process.env.ALO_UI ?? ''
  await logIn(page)
  await page.evaluate(() => navigator.serviceWorker.ready)
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null)
  const kept = await page.evaluate(async () => {
    const caches_ = await Promise.all((await caches.keys()).map((name) => caches.open(name)))
    const requests = await Promise.all(caches_.map((cache) => cache.keys()))
    return requests.flat().map(({ url }) => new URL(url).pathname)
  })
  expect(kept.length).toBeGreaterThan(20)
  expect(kept.filter((path) => !/^\/(assets\/|offline\.|icon\.svg)/.test(path))).toEqual([])

  // A newer build: an entry script under another name.
  const entry =
    /src="(\/assets\/index-[^"]+\.js)"/.exec(readFileSync(join(ui, 'index.html'), 'utf8'))?.[1] ?? ''
  const newer = '/assets/index-newer.js'
  writeFileSync(join(ui, newer), `import '.${entry.replace('/assets', '')}'`)
  for (const name of ['index.html', 'sw.js']) {
    const text = readFileSync(join(ui, name), 'utf8')
    writeFileSync(join(ui, name), text.replaceAll(entry, newer).replace(/BUILD = "\w+"/, 'BUILD = "newer"'))
  }
  await page.evaluate(async () => void (await (await navigator.serviceWorker.getRegistration())?.update()))
  await expect(page.getByText('Đã có bản Alo mới.')).toBeVisible()
  await accessible(page, 'a newer build')
  await page.getByRole('button', { name: 'Mở bản mới' }).click()
  await expect(page.locator(`script[src="${newer}"]`)).toHaveCount(1)
  await expect(page.getByText('Đã có bản Alo mới.')).toHaveCount(0)

  await page.goto(url('/apps'))
  await expect(page.getByRole('heading', { name: 'Tiện ích Chrome' })).toBeVisible()
  await accessible(page, 'apps')
  const download = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Tải tiện ích' }).click()
  const file = await (await download).createReadStream()
  const [magic] = await file.take(1).toArray()
  expect((magic as Buffer).subarray(0, 4).toString('latin1')).toBe('PK\x03\x04')

  await context.setOffline(true)
  await page.goto(url('/calls')).catch(() => undefined)
  await expect(page.getByRole('heading', { name: 'Không có mạng' })).toBeVisible()
  await accessible(page, 'no network')
  await context.setOffline(false)
  await expect(page.getByRole('heading', { name: 'Lịch sử cuộc gọi' })).toBeVisible()
})
