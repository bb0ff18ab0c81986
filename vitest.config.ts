import { playwright } from '@vitest/browser-playwright';
import { globSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineConfig, type TestProjectConfiguration } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { findChromium } from './tools/chromium.ts';

const every = '{packages,apps,tools,e2e}/**/*.test.ts';
// Models of the control room need no browser: x.node.test.ts.
const elsewhere = ['apps/pwa/src/**/!(*.node).test.ts', '**/node_modules/**', '**/dist/**'];
/** Tests of real things. */
const real = '**/*.{int,e2e}.test.ts';
/** The built control room in a real browser, flow by flow. */
const flowsOfRoom = 'apps/pwa/testing/*.int.test.ts';

/** Whoever replaces a module replaces it for all that share a process. */
const replacing = globSync(every, { cwd: import.meta.dirname, exclude: elsewhere }).filter((file) =>
  readFileSync(join(import.meta.dirname, file), 'utf8').includes('vi.mock('),
);

/** What is looked at again and again until it is so: a second, which is the default, is nothing on a busy machine. */
const waiting = { poll: { timeout: 60_000 } } as const;

const common = {
  environment: 'node',
  pool: 'forks',
  // Tests wait for signals and not for time; these only end what hangs, also on a busy machine.
  testTimeout: 600_000,
  hookTimeout: 180_000,
  expect: waiting,
} as const;

/** A process for each file: they open files, databases and ports, and some start whole buildings. */
const node: TestProjectConfiguration = {
  test: {
    ...common,
    name: 'node',
    include: [real, ...replacing],
    exclude: [...elsewhere, flowsOfRoom],
    // Starts a PostgreSQL when the first test asks for one.
    globalSetup: ['packages/core-db/src/testing/global-setup.ts'],
  },
};

/** In a command of their own (`npm run test:flows`): each has a browser and a server, and what runs beside them makes them wait. */
const flows: TestProjectConfiguration = { test: { ...common, name: 'flows', include: [flowsOfRoom] } };

/** Functions without input and output share processes: loading the schemas took longer than all that is tried with them. */
const pure: TestProjectConfiguration = {
  test: { ...common, name: 'pure', isolate: false, include: [every], exclude: [...elsewhere, real, ...replacing] },
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
      // A library that is met on the way would make the page of a running test load again: all are named, and none is looked for.
      optimizeDeps: {
        noDiscovery: true,
        include: [
          '@dagrejs/dagre',
          '@lit/task',
          'diff',
          'idb',
          'lit',
          'lit/decorators.js',
          'lit/directives/repeat.js',
          'uplot',
          'zod',
        ],
      },
      test: {
        name: 'browser',
        expect: waiting,
        setupFiles: ['testing/wait-longer.ts'],
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

/** Whole buildings first: they take longest and wait most, and whatever runs beside them fills the gaps. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const kinds = [/\.e2e\.test/, /^.*\/tools\/.*\.int\.test/, /\.int\.test/, /./];
    const kindOf = ({ moduleId }: TestSpecification) => kinds.findIndex((kind) => kind.test(moduleId));
    return (await super.sort(files)).toSorted((a, b) => kindOf(a) - kindOf(b));
  }
}

export default defineConfig(async () => ({
  test: {
    projects: [node, pure, flows, ...(await browser())],
    // Three at least, also on two cores: much of what a test of real things does is to wait, and two left a quarter of two cores idle. On a
    // PostgreSQL that was given, tests would hold back each other's readers.
    maxWorkers: process.env['HIVE_TEST_PG_URL'] ? 1 : Math.max(3, availableParallelism() - 1),
    sequence: { sequencer: LongestFirst },
  },
}));
