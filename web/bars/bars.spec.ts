import { type BrowserContext, expect, type Page, test } from '@playwright/test'
import { admin, api, url } from '../e2e/world'

// What the console must not be slower than, measured in Chromium: `npm run bars`. The figures stand in docs/benchmarks.md.

const ROWS = 100_000
const CALLS = 200
/** Events a second on the board: as two hundred calls make that last three minutes. */
const EVENTS_A_SECOND = 10
const WATCHED_MS = 20_000
/** WebPageTest's 4G: 9 Mbit/s down and up, a round trip of 170 ms. */
const FOUR_G = { offline: false, latency: 170, downloadThroughput: 1_125_000, uploadThroughput: 1_125_000 }

const tell = (text: string) => process.stdout.write(`${text}\n`)

async function loggedIn(context: BrowserContext): Promise<Page> {
  await context.request.post(url('/api/v1/session'), {
    data: { ...admin(), cookie: true },
    headers: { 'Sec-Fetch-Site': 'same-origin' },
  })
  return context.newPage()
}

const call = (n: number, at: number) => ({
  id: `call_${String(n).padStart(26, '0')}`,
  direction: n % 3 === 0 ? 'outbound' : 'inbound',
  status: n % 4 === 0 ? 'no_answer' : 'answered',
  hotline: null,
  trunk: null,
  extension: null,
  caller_number: `+8490${String(1_000_000 + n).slice(-7)}`,
  caller_name: '',
  callee_number: '+842873000001',
  started_at: at - n * 1000,
  ringing_at: null,
  answered_at: null,
  ended_at: at,
  duration_ms: 60_000,
  talk_ms: 50_000,
  cause: 'normal',
  ended_by: 'caller',
})

test('a list of 100,000 calls scrolls', async ({ browser }) => {
  const context = await browser.newContext({ locale: 'vi-VN', viewport: { width: 1360, height: 850 } })
  const page = await loggedIn(context)
  const items = Array.from({ length: ROWS }, (_, n) => call(n, 1_795_000_000_000))
  await page.route(/\/api\/v1\/calls\?/, (route) => route.fulfill({ json: { items, next: null } }))
  await page.goto(url('/calls'))
  await expect(page.getByRole('row').nth(5)).toBeVisible({ timeout: 60_000 })
  const drawn = await page.evaluate(async (ms) => {
    const frame = document.querySelector('.table-frame')
    if (!frame) throw new Error('no table')
    const gaps: number[] = []
    const begin = performance.now()
    let last = begin
    return new Promise<{ fps: number; worst: number; at: number }>((resolve) => {
      const step = (now: number) => {
        gaps.push(now - last)
        last = now
        // A notch of the wheel each frame: seven thousand pixels a second.
        frame.scrollTop += 120
        if (now - begin < ms) return requestAnimationFrame(step)
        const sorted = gaps.slice(1).sort((a, b) => a - b)
        const worst = sorted[Math.floor(sorted.length * 0.95)] ?? 0
        resolve({ fps: (gaps.length * 1000) / (now - begin), worst, at: frame.scrollTop })
      }
      requestAnimationFrame(step)
    })
  }, 10_000)
  tell(
    `scrolling ${ROWS} rows: ${drawn.fps.toFixed(1)} frames a second, 95 % within ${drawn.worst.toFixed(1)} ms`,
  )
  expect(drawn.at).toBeGreaterThan(30_000)
  expect(drawn.fps).toBeGreaterThanOrEqual(50)
  await context.close()
})

test('two hundred live calls on the board', async ({ browser }) => {
  const context = await browser.newContext({ locale: 'vi-VN', viewport: { width: 1360, height: 850 } })
  const page = await loggedIn(context)
  const now = Date.now()
  const items = Array.from({ length: CALLS }, (_, n) => ({
    id: `call_${String(n).padStart(26, '0')}`,
    direction: 'inbound',
    hotline_id: null,
    from: `+8490${String(1_000_000 + n).slice(-7)}`,
    to: '+842873000001',
    extension_ids: [],
    started_at: now - n * 900,
    answered_at: n % 2 ? now - n * 800 : null,
    held: n % 9 === 0,
    queue_id: null,
    others: [],
  }))
  await page.route(/\/api\/v1\/calls\/live/, (route) => route.fulfill({ json: { items } }))
  let seq = 0
  let timer: ReturnType<typeof setInterval> | undefined
  await page.routeWebSocket(/\/api\/v1\/events/, (socket) => {
    timer = setInterval(() => {
      const one = items[seq % CALLS]
      const type = seq % 2 ? 'call.held' : 'call.resumed'
      const told = { seq: ++seq, type, at: Date.now(), call_id: one?.id, data: { leg: 1 } }
      socket.send(JSON.stringify(told))
    }, 1000 / EVENTS_A_SECOND)
  })
  await page.goto(url('/'))
  await expect(page.locator('.live-card')).toHaveCount(CALLS, { timeout: 30_000 })
  await page.waitForTimeout(3000)
  const chromium = await browser.newBrowserCDPSession()
  const used = async () => {
    const { processInfo } = await chromium.send('SystemInfo.getProcessInfo')
    return processInfo
      .filter(({ type }) => type === 'renderer' || type === 'GPU')
      .reduce((sum, { cpuTime }) => sum + cpuTime, 0)
  }
  const before = await used()
  await page.waitForTimeout(WATCHED_MS)
  const share = (100 * ((await used()) - before) * 1000) / WATCHED_MS
  clearInterval(timer)
  tell(
    `${CALLS} live calls, ${EVENTS_A_SECOND} events a second: ${share.toFixed(1)} % of a core (renderer and GPU)`,
  )
  expect(share).toBeLessThan(10)
  await context.close()
})

test('the first screen on 4G', async ({ browser, request }) => {
  // The server is warm; the browser has nothing.
  await api(request)
  const times: number[] = []
  for (let n = 0; n < 5; n++) {
    const context = await browser.newContext({
      locale: 'vi-VN',
      serviceWorkers: 'block',
      viewport: { width: 1360, height: 850 },
    })
    const page = await loggedIn(context)
    const network = await context.newCDPSession(page)
    await network.send('Network.enable')
    await network.send('Network.emulateNetworkConditions', FOUR_G)
    await page.goto(url('/'), { waitUntil: 'commit' })
    await page.locator('h1').first().waitFor()
    times.push(await page.evaluate(() => performance.now()))
    await context.close()
  }
  times.sort((a, b) => a - b)
  const [fastest, median, slowest] = [times[0] ?? 0, times[2] ?? 0, times[4] ?? 0]
  tell(
    `first screen on 4G: ${median.toFixed(0)} ms (${fastest.toFixed(0)}–${slowest.toFixed(0)}) from the address to the title`,
  )
  expect(median).toBeLessThan(1500)
})
