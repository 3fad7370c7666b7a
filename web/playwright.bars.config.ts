import { defineConfig } from '@playwright/test'
import base from './playwright.config'

process.env.ALO_UI_BUILT = '1'

/** The bars of the console, measured by hand on a quiet machine: `npm run bars`. */
export default defineConfig({ ...base, testDir: 'bars', timeout: 180_000, projects: [{ name: 'bars' }] })
