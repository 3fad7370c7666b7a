import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

const server = process.env.ALO_URL ?? 'http://127.0.0.1:8080'

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { '~': new URL('./src', import.meta.url).pathname } },
  build: { target: 'es2022', assetsInlineLimit: 0, chunkSizeWarningLimit: 900 },
  server: { proxy: { '/api': { target: server, ws: true }, '/docs': server, '/openapi.json': server } },
  test: { include: ['{src,extension}/**/*.test.{ts,tsx}'], environment: 'node' },
})
