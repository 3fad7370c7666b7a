import { defineConfig } from '@playwright/test'
import base from './playwright.config'

/** The bars of the console, measured by hand on a quiet machine: `npm run bars`. */
export default defineConfig({ ...base, testDir: 'bars', timeout: 180_000, projects: [{ name: 'bars' }] })
