import { playwright } from '@vitest/browser-playwright';
import { globSync } from 'node:fs';
import { defineConfig, type TestProjectConfiguration } from 'vitest/config';
import { findChromium } from './tools/chromium.ts';

const node: TestProjectConfiguration = {
  test: {
    name: 'node',
    environment: 'node',
    pool: 'forks',
    include: ['{packages,apps,tools,e2e}/**/*.test.ts'],
    // Models of the control room need no browser: x.node.test.ts.
    exclude: ['apps/pwa/src/**/!(*.node).test.ts', '**/node_modules/**', '**/dist/**'],
    // Tests wait for signals and not for time; these only end what hangs, also on a busy machine.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Starts a PostgreSQL when the first test asks for one.
    globalSetup: ['packages/core-db/src/testing/global-setup.ts'],
  },
};

/** The control room is tested in a real browser; without one the reason is printed, and CI fails. */
const browser = async (): Promise<TestProjectConfiguration[]> => {
  if (globSync('apps/pwa/src/**/*.test.ts', { cwd: import.meta.dirname }).length === 0) return [];
  const found = await findChromium();
  if (!found.executablePath) {
    const reason = 'no Chromium: set CHROMIUM_PATH, or install chromium or google-chrome';
    if (process.env['CI']) throw new Error(`browser tests cannot run: ${reason}`);
    process.stderr.write(`browser tests skipped: ${reason}\n`);
    return [];
  }
  return [
    {
      root: 'apps/pwa',
      test: {
        name: 'browser',
        include: ['src/**/*.test.ts'],
        exclude: ['**/*.node.test.ts'],
        browser: {
          enabled: true,
          headless: true,
          screenshotFailures: false,
          provider: playwright({ launchOptions: found }),
          instances: [{ browser: 'chromium' }],
        },
      },
    },
  ];
};

export default defineConfig(async () => ({ test: { projects: [node, ...(await browser())] } }));
