import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { readEnv } from '@hive/config';
import { expect, test } from 'vitest';
import { folder, makeRepo, openHouse, patch } from './testing/house.ts';

const checks = ['node test.js'];
const node = { 'a.txt': 'one\n', 'package.json': '{"scripts":{"test":"node t.js"}}', 'package-lock.json': '{}' };

test('repositories are known from hive.yaml and from workflows that are still there, the newest first', async () => {
  const [first, second, gone] = [makeRepo(), makeRepo(), makeRepo()];
  const yaml = `hive:
  repos: { ${second.dir}: { checks: [make a] }, /srv/other: {} }
  models: { worker: ["claude:w"], planner: ["claude:p", "claude:w"] }
  budgets: { workflow: { usd: 2 } }
  workflows: { templates: { web: { agents: [ada], stages: [api, { pages: ada }] } } }`;
  const { desk } = await openHouse({ yaml });
  await desk.submit({ goal: 'x', repo: second.dir, patch });
  await desk.submit({ goal: 'x', repo: first.dir, patch, checks });
  await desk.submit({ goal: 'x', repo: gone.dir, patch, checks });
  rmSync(gone.dir, { recursive: true });
  const { repos, ...rest } = await desk.choices();
  expect(repos.map(({ repo, configured, lastAt }) => [repo, configured, lastAt !== null])).toEqual([
    [first.dir, false, true],
    [second.dir, true, true],
    ['/srv/other', true, false],
  ]);
  expect(rest).toEqual({
    templates: [
      {
        name: 'web',
        agents: ['ada'],
        stages: [
          { name: 'api', agent: null },
          { name: 'pages', agent: 'ada' },
        ],
      },
    ],
    models: ['claude:w', 'claude:p'],
    budget: { usd: 2 },
  });
});

test('a look tells what would be run, by the same precedence as the door, and runs nothing', async () => {
  const repo = makeRepo(node);
  repo.git('branch', 'stable');
  repo.git('branch', 'hive/done-1234');
  const look = await (await openHouse()).desk.lookAtRepo({ repo: repo.dir });
  expect(look).toMatchObject({
    ...{ repo: repo.dir, base: repo.base, branch: 'main', branches: ['stable'], into: null, nested: [] },
    checks: [{ name: 'npm test', source: 'found' }],
    setup: { argv: ['npm', 'ci'] },
  });
  const yaml = `hive: { repos: { ${repo.dir}: { checks: [make a], into: stable } } }`;
  const configured = await (await openHouse({ yaml })).desk.lookAtRepo({ repo: repo.dir, base: 'stable' });
  expect(configured).toMatchObject({ checks: [{ name: 'make a', source: 'config' }], into: 'stable' });
});

test('a folder below the top that may have checks is named where none were found', async () => {
  const repo = makeRepo({ 'app/package.json': '{}' });
  expect(await (await openHouse()).desk.lookAtRepo({ repo: repo.dir })).toMatchObject({
    checks: [],
    nested: [{ folder: 'app', command: 'npm --prefix app test' }],
  });
});

test('what is wrong names the field that it is about', async () => {
  const { desk } = await openHouse();
  const repo = makeRepo().dir;
  const field = async (asked: () => Promise<unknown>) =>
    asked().then(
      () => null,
      (error: { details?: Record<string, unknown> }) => error.details?.['field'],
    );
  const submit = (change: object) => field(() => desk.submit({ goal: 'x', repo, checks, ...change }));
  expect(await field(() => desk.lookAtRepo({ repo: 'here' }))).toBe('repo');
  expect(await field(() => desk.lookAtRepo({ repo, base: 'nope' }))).toBe('base');
  expect(await submit({ goal: ' ' })).toBe('goal');
  expect(await submit({ repo: folder() })).toBe('repo');
  expect(await submit({ base: 'nope' })).toBe('base');
  expect(await submit({ into: 'nope' })).toBe('into');
  expect(await submit({ checks: ['a && b'] })).toBe('checks');
  expect(await submit({ checks: [] })).toBe('checks');
  expect(await submit({ setup: 'a | b' })).toBe('setup');
  expect(await submit({ patch, until: '2020-01-01T00:00:00.000Z' })).toBe('until');
  expect(await submit({ budget: { usd: -1 } })).toBe('budget');
  expect(await submit({})).toBe('model');
  expect(await field(() => desk.schedule({ request: { goal: 'x', repo, checks, patch }, cron: 'often' }))).toBe('cron');
});

test('the example is handed in as a person hands it in, once for a key', async () => {
  const examples = { folder: join(import.meta.dirname, '../../../examples'), env: readEnv() };
  const { desk, home, submissionOf, planOf } = await openHouse({ examples });
  const [one, two] = await Promise.all([desk.runExample({ key: 'k' }), desk.runExample({ key: 'k' })]);
  expect(two.id).toBe(one.id);
  expect(await submissionOf(one.id)).toMatchObject({ repo: join(home, 'example/almanac'), example: true });
  const authors = new Set((await planOf(one.id)).tasks.map(({ author }) => author));
  expect([...authors].sort()).toEqual(['oracle', 'tool']);
  await expect((await openHouse()).desk.runExample()).rejects.toMatchObject({ code: 'input.state' });
});

test('a command under a key is done once, and answered alike afterwards', async () => {
  const { desk, start } = await openHouse();
  const { id } = await desk.submit({ goal: 'x', repo: makeRepo().dir, patch, checks });
  const [task] = await start(id);
  const count = async () => (await desk.trace(id)).length;
  await desk.pause(id, { by: 'ada' }, { key: 'k' });
  const paused = await count();
  expect((await desk.pause(id, { by: 'ada' }, { key: 'k' })).status).toBe('paused');
  await expect(desk.pause(id, {}, { key: 'other' })).rejects.toMatchObject({ code: 'input.state' });
  expect(await count()).toBe(paused);
  await desk.resume(id, {}, { key: 'k' });
  expect((await desk.resume(id, {}, { key: 'k' })).status).toBe('running');
  await desk.cancelTask(task?.id ?? '');
  await desk.retry(task?.id ?? '', { key: 'k' });
  expect((await desk.retry(task?.id ?? '', { key: 'k' })).status).toBe('pending');
  await desk.cancel(id, { key: 'k' });
  const cancelled = await count();
  expect((await desk.cancel(id, { key: 'k' })).status).toBe('cancelled');
  await expect(desk.cancel(id)).rejects.toMatchObject({ code: 'input.state' });
  expect(await count()).toBe(cancelled);
});
