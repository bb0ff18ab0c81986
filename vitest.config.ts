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

/** Whoever replaces a module replaces it for all that share a process. */
const replacing = globSync(every, { cwd: import.meta.dirname, exclude: elsewhere }).filter((file) =>
  readFileSync(join(import.meta.dirname, file), 'utf8').includes('vi.mock('),
);

const common = {
  environment: 'node',
  pool: 'forks',
  // Tests wait for signals and not for time; these only end what hangs, also on a busy machine.
  testTimeout: 30_000,
  hookTimeout: 60_000,
} as const;

/** A process for each file: they open files, databases and ports, and some start whole buildings. */
const node: TestProjectConfiguration = {
  test: {
    ...common,
    name: 'node',
    include: [real, ...replacing],
    exclude: elsewhere,
    // Starts a PostgreSQL when the first test asks for one.
    globalSetup: ['packages/core-db/src/testing/global-setup.ts'],
  },
};

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
    projects: [node, pure, ...(await browser())],
    // Two at least, also on two cores: most of what a test of real things does is to wait. On a PostgreSQL that was given, tests would hold
    // back each other's readers.
    maxWorkers: process.env['HIVE_TEST_PG_URL'] ? 1 : Math.max(2, availableParallelism() - 1),
    sequence: { sequencer: LongestFirst },
  },
}));
