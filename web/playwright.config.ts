import { defineConfig } from '@playwright/test'

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  timeout: 60_000,
  expect: { timeout: 15_000 },
  workers: 1,
  // Decision 0015.
  retries: 1,
  forbidOnly: process.env.CI !== undefined,
  reporter: [['line']],
  globalSetup: './e2e/server.ts',
  projects: [
    { name: 'demo', testIgnore: /(steps|companies)\.spec/ },
    { name: 'companies', testMatch: /(steps|companies)\.spec/, dependencies: ['demo'] },
  ],
  use: {
    locale: 'vi-VN',
    // What fades in has too little contrast for a moment.
    contextOptions: { reducedMotion: 'reduce' },
    viewport: { width: 1360, height: 850 },
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
    },
  },
})
