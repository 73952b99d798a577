// One worker: the guide is a walk, and each step stands on the one before.
import { defineConfig } from '@playwright/test';
import { fileURLToPath } from 'node:url';

const work = fileURLToPath(new URL('../.work/browser/', import.meta.url));

export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.mjs',
  workers: 1,
  fullyParallel: false,
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 5_000 },
  outputDir: work + 'results',
  reporter: [['list'], ['json', { outputFile: work + 'report.json' }]],
  use: {
    baseURL: process.env.AXANTA_URL,
    viewport: { width: 1440, height: 900 },
    locale: 'en-US',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: process.env.CHROMIUM,
      args: [
        '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
        '--disable-background-networking', '--disable-component-update', '--disable-sync',
      ],
    },
  },
  projects: [
    { name: 'script', use: { javaScriptEnabled: true } },
    { name: 'plain', use: { javaScriptEnabled: false } },
  ],
});
