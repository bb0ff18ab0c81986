import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { violations } from './architecture.ts';

const root = join(import.meta.dirname, '..');
const skipped = new Set(['node_modules', 'dist', 'coverage']);

test('every room keeps to the architecture', () => {
  const paths = globSync('{packages,apps,tools}/**/*.{ts,mts,json,md}', {
    cwd: root,
    exclude: (name) => skipped.has(name),
  });
  const building = new Map(['package.json', ...paths].map((path) => [path, readFileSync(join(root, path), 'utf8')]));
  expect(building.size).toBeGreaterThan(50);
  expect(violations(building)).toEqual([]);
});

const room = (layer: string, runs: string, name: string, more: object = {}): string =>
  JSON.stringify({ name: `@hive/${name}`, nx: { tags: [`layer:${layer}`, `runs:${runs}`] }, ...more });
const uses = (...names: string[]) => ({ dependencies: Object.fromEntries(names.map((name) => [name, '*'])) });
const door = { exports: { '.': './src/index.ts', './testing': './src/testing.ts' } };

/** A small building in order; a test changes one file of it. */
const sound = {
  'package.json': JSON.stringify({ devDependencies: { vitest: '1' } }),
  'packages/events/package.json': room('contract', 'any', 'events', { ...door, ...uses('zod') }),
  'packages/events/README.md': '',
  'packages/events/src/index.ts': "import { z } from 'zod';",
  'packages/events/src/index.test.ts': "import { test } from 'vitest'; import { readFileSync } from 'node:fs';",
  'packages/bus/package.json': room('platform', 'node', 'bus', { ...door, ...uses('@hive/events', 'pg') }),
  'packages/bus/README.md': '',
  'packages/bus/src/index.ts': "export { a } from './log.ts'; import type { E } from '@hive/events'; import 'node:fs';",
  'packages/bus/src/log.ts': "const pg = await import('pg'); const q = 'select a from b where c';",
  'packages/config/package.json': room('platform', 'node', 'config', door),
  'packages/config/README.md': '',
  'packages/config/src/index.ts': 'export const port = process.env.HIVE_PORT;',
  'apps/planner/package.json': room('agent', 'node', 'planner', uses('@hive/bus')),
  'apps/planner/README.md': '',
  'apps/planner/src/main.ts': "import { a } from '@hive/bus'; // process.env, and delete from t where x\n",
  'apps/planner/src/main.test.ts': "import { b } from '@hive/bus/testing'; import { test } from 'vitest';",
  'apps/planner/src/prompt.ts':
    "export const text = 'Select one task from the list, then insert into it what is missing.';",
  'apps/pwa/package.json': room('app', 'browser', 'pwa', uses('@hive/events')),
  'apps/pwa/README.md': '',
  'apps/pwa/src/main.ts': "import { c } from '@hive/events';",
  'apps/pwa/brand/draw.ts': "import 'node:fs'; import 'vitest'; import '@hive/tools/double'; void process.env;",
  'tools/package.json': room('tools', 'node', 'tools', {
    exports: { './double': './double.ts' },
    ...uses('@hive/events'),
  }),
  'tools/double.ts': "import { c } from '@hive/events'; void process.env;",
};
const withChange = (change: Record<string, string>) => violations(new Map(Object.entries({ ...sound, ...change })));

test('a sound building has no violations', () => {
  expect(withChange({})).toEqual([]);
});

const planner = 'apps/planner/src/agent.ts';
const planted: [string, Record<string, string>, string][] = [
  [
    'an undeclared package',
    { [planner]: "import 'pino';" },
    `${planner}: imports pino; apps/planner/package.json does not declare it`,
  ],
  [
    'an undeclared type',
    { [planner]: "type P = import('pino').Logger;" },
    `${planner}: imports pino; apps/planner/package.json does not declare it`,
  ],
  [
    'a declared package that nothing imports',
    { 'apps/planner/src/main.ts': '' },
    'apps/planner/package.json: declares @hive/bus, which only its tests and tools import',
  ],
  [
    'a test tool in a source',
    { [planner]: "import 'vitest';" },
    `${planner}: imports vitest; apps/planner/package.json does not declare it`,
  ],
  [
    'an agent that imports another',
    {
      [planner]: "import '@hive/worker';",
      'apps/worker/package.json': room('agent', 'node', 'worker'),
      'apps/worker/README.md': '',
      'apps/worker/src/main.ts': '',
    },
    `${planner}: imports @hive/worker; agent may not use agent`,
  ],
  [
    'a contract that uses the platform',
    { 'packages/events/src/a.ts': "import '@hive/bus';" },
    'packages/events/src/a.ts: imports @hive/bus; contract may not use platform',
  ],
  [
    'a contract that needs Node',
    { 'packages/events/src/a.ts': "import 'node:crypto';" },
    'packages/events/src/a.ts: imports node:crypto; this room runs without Node',
  ],
  [
    'a contract that needs Node by its old name',
    { 'packages/events/src/a.ts': "import 'crypto';" },
    'packages/events/src/a.ts: imports crypto; this room runs without Node',
  ],
  [
    'a browser that uses the platform',
    { 'apps/pwa/src/a.ts': "void import('@hive/bus');" },
    'apps/pwa/src/a.ts: imports @hive/bus; the browser sees contracts only',
  ],
  [
    'a tool in a source',
    { [planner]: "import '@hive/tools/double';" },
    `${planner}: imports @hive/tools/double; agent may not use tools`,
  ],
  [
    'an unknown door of a tool',
    { 'apps/planner/src/a.test.ts': "import '@hive/tools/chromium';" },
    'apps/planner/src/a.test.ts: imports @hive/tools/chromium; @hive/tools has no such export',
  ],
  [
    'a deep import by name',
    { [planner]: "import '@hive/bus/src/log.ts';" },
    `${planner}: imports @hive/bus/src/log.ts; @hive/bus has no such export`,
  ],
  [
    'a deep import by path',
    { [planner]: "export { a } from '../../../packages/bus/src/log.ts';" },
    `${planner}: imports ../../../packages/bus/src/log.ts; another room is imported by its name`,
  ],
  [
    'the environment',
    { [planner]: 'const key = process.env.KEY;' },
    `${planner}: reads process.env; only packages/config does`,
  ],
  [
    'the environment by its other names',
    { [planner]: "const { env } = process; process['env'];" },
    `${planner}: reads process.env; only packages/config does`,
  ],
  [
    'SQL in an agent',
    { [planner]: 'const q = `delete from tasks where id = ${1}`;' },
    `${planner}: an agent contains no SQL: delete from tasks where id = \${1}`,
  ],
  [
    'SQL that ends with its text',
    { [planner]: "const q = 'select id from tasks';" },
    `${planner}: an agent contains no SQL: select id from tasks`,
  ],
  [
    'a database in an agent',
    { [planner]: "import 'drizzle-orm/sqlite-core';" },
    `${planner}: imports drizzle-orm/sqlite-core; an agent knows no database`,
  ],
  [
    'an export of everything',
    { 'packages/bus/src/index.ts': "export * from './log.ts'; import '@hive/events';" },
    'packages/bus/src/index.ts: export * hides what the door opens to; name the exports',
  ],
  [
    'a name that says nothing',
    { 'packages/bus/src/utils.ts': '' },
    'packages/bus/src/utils.ts: a name that says nothing; name the file after its idea',
  ],
  [
    'a room without tags',
    { 'apps/pwa/package.json': '{"name":"@hive/pwa"}', 'apps/pwa/src/main.ts': '' },
    'apps/pwa: package.json needs one "layer:" and one "runs:" tag',
  ],
  [
    'a room named otherwise',
    { 'packages/config/package.json': room('platform', 'node', 'settings', door) },
    'packages/config: the package is named after its folder, not @hive/settings',
  ],
];

test.each(planted)('%s is found', (_what, change, message) => {
  expect(withChange(change)).toEqual([message]);
});

test.each(['packages/bus/README.md', 'packages/config/src/index.ts', 'apps/pwa/README.md'])(
  'a missing %s is found',
  (path) => {
    const { [path as keyof typeof sound]: _gone, ...rest } = sound;
    const [folder, name] = [path.split('/', 2).join('/'), path.split('/').slice(2).join('/')];
    expect(violations(new Map(Object.entries(rest)))).toEqual([`${folder}: ${name} is missing`]);
  },
);
