// The service worker of the console. It keeps what the build made, and a page for when there is no network; what the API
// says is never kept. `BUILD` and `FILES` are written by scripts/worker.mjs.

const KEPT = `alo-${BUILD}`
const OFFLINE = '/offline.html'

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(KEPT).then((cache) => cache.addAll(FILES)))
})

self.addEventListener('activate', (event) => {
  event.waitUntil(forget().then(() => self.clients.claim()))
})

self.addEventListener('message', ({ data, ports }) => {
  if (data === 'take over') self.skipWaiting()
  // A page asks whether it is of this build already.
  else if (typeof data?.script === 'string') ports[0]?.postMessage(FILES.includes(data.script))
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  const { origin, pathname } = new URL(request.url)
  if (request.method !== 'GET' || origin !== location.origin) return
  if (request.mode === 'navigate') event.respondWith(fetch(request).catch(() => caches.match(OFFLINE)))
  else if (pathname.startsWith('/assets/') || FILES.includes(pathname)) event.respondWith(kept(request))
})

/** A name under /assets/ tells the content: what is kept under it is never old. */
const kept = async (request) => (await caches.match(request, { ignoreVary: true })) ?? fetch(request)

/** The build before stays: another tab may still show it and need a screen that the server has no more. */
async function forget() {
  const older = (await caches.keys()).filter((name) => name.startsWith('alo-') && name !== KEPT)
  await Promise.all(older.slice(0, -1).map((name) => caches.delete(name)))
}
