import { HiveError } from '@hive/errors';
import type { SubmitRequest } from '@hive/events';
import { expect, test } from 'vitest';
import { folder, makeRepo, openHouse, patch } from './testing/house.ts';
import { join } from 'node:path';

const checks = ['node test.js'];

test('a patch becomes a workflow of one task', async () => {
  const { desk, planOf, submissionOf, artefacts } = await openHouse();
  const repo = makeRepo({ 'a.txt': 'one\n', 'package-lock.json': '{}' });
  const { id, correlationId } = await desk.submit({
    goal: 'Say two',
    repo: join(repo.dir, '.'),
    patch,
    checks,
    redBefore: 'not_needed',
  });
  expect(correlationId).toBe(id);
  expect(await submissionOf(id)).toMatchObject({
    repo: repo.dir,
    base: repo.base,
    branch: `hive/say-two-${id.slice(-8)}`,
    checks: [{ name: 'node test.js', argv: ['node', 'test.js'], source: 'given' }],
    setup: { argv: ['npm', 'ci'], lockfile: 'package-lock.json', source: 'found' },
    source: 'submit',
    into: null,
    example: false,
  });
  const [task] = (await planOf(id)).tasks;
  expect(task).toMatchObject({
    key: 'change',
    title: 'Say two',
    author: 'human',
    redBefore: 'not_needed',
    timeoutS: 600,
    checks: [],
  });
  expect(String(await artefacts.get(task?.patch ?? ''))).toBe(patch);
  expect(await desk.workflow('last')).toMatchObject({ workflow: id, status: 'submitted', branch: null, tasks: [] });
  expect((await desk.trace(id)).map((event) => [event.type, event.causationId])).toEqual([
    ['workflow.submitted', null],
  ]);
});

test('a commit brings its subject and its own base', async () => {
  const { desk, planOf, submissionOf } = await openHouse();
  const repo = makeRepo();
  repo.commit({ 'a.txt': 'two\n' }, 'Count on');
  const { id } = await desk.submit({ goal: 'HEAD', repo: repo.dir, commit: 'HEAD', checks });
  expect((await submissionOf(id)).base).toBe(repo.base);
  expect((await planOf(id)).tasks[0]?.title).toBe('Count on');
});

test('a plan becomes tasks with ids, authors and commands as lists', async () => {
  const { desk, planOf, submissionOf } = await openHouse({ yaml: 'hive: { models: { worker: ["claude:c"] } }' });
  const repo = makeRepo();
  const { id } = await desk.submit({
    goal: 'Release',
    repo: repo.dir,
    priority: -7,
    plan: {
      version: 1,
      checks: ['make check'],
      setup: 'make deps',
      tasks: [
        { key: 'a', title: 'Count', patch, tests: ['test/**'], checks: [['npm', 'test']] },
        { key: 'b', title: 'Tag', kind: 'command', run: "printf '%s x' a", needs: ['a'], timeoutS: 5 },
        { key: 'c', title: 'Write', instructions: 'Well', needs: ['a', 'b'], redBefore: 'not_needed', priority: 3 },
      ],
    },
  });
  const { tasks } = await planOf(id);
  const [a, b] = tasks;
  expect(tasks.map(({ author, kind, needs, run }) => ({ author, kind, needs, run }))).toEqual([
    { author: 'human', kind: 'change', needs: [], run: undefined },
    { author: 'tool', kind: 'command', needs: [a?.id], run: ['printf', '%s x', 'a'] },
    { author: null, kind: 'change', needs: [a?.id, b?.id], run: undefined },
  ]);
  expect(
    tasks.map(({ priority }) => priority),
    'its own, else that of the request',
  ).toEqual([-7, -7, 3]);
  expect(a?.checks).toEqual([{ name: 'npm test', argv: ['npm', 'test'], source: 'task' }]);
  expect(await submissionOf(id)).toMatchObject({
    source: 'file',
    priority: -7,
    checks: [{ argv: ['make', 'check'], source: 'plan' }],
    setup: { argv: ['make', 'deps'], source: 'plan', lockfile: null },
  });
});

test('checks: given before plan before configured before found', async () => {
  const repo = makeRepo({ 'a.txt': 'one\n', 'package.json': '{"scripts":{"test":"node t.js"}}' });
  const yaml = `hive: { repos: { ${repo.dir}: { checks: [make a], setup: make b, paths: [src/**], tests: [t.js] } }, sandbox: { passEnv: [A] } }`;
  const sourceOf = async (house: Awaited<ReturnType<typeof openHouse>>, request: Partial<SubmitRequest>) => {
    const { id } = await house.desk.submit({ goal: 'x', repo: repo.dir, ...request });
    return (await house.submissionOf(id)).checks.map((check) => `${check.source}: ${check.argv.join(' ')}`);
  };
  const house = await openHouse({ yaml });
  const plan = { version: 1, checks: ['make c'], tasks: [{ key: 'a', title: 'A', patch }] };
  expect(await sourceOf(house, { plan, checks: ['make d', 'make d'] })).toEqual(['given: make d']);
  expect(await sourceOf(house, { plan })).toEqual(['plan: make c']);
  expect(await sourceOf(house, { patch })).toEqual(['config: make a']);
  expect(await sourceOf(await openHouse(), { patch })).toEqual(['found: npm test']);

  const { id } = await house.desk.submit({ goal: 'x', repo: repo.dir, patch, passEnv: ['B', 'A'] });
  expect(await house.submissionOf(id)).toMatchObject({
    setup: { argv: ['make', 'b'], source: 'config' },
    passEnv: ['A', 'B'],
  });
  expect((await house.planOf(id)).tasks[0]).toMatchObject({ paths: ['src/**'], tests: ['t.js'] });
});

const task = { key: 'a', title: 'A', patch };
const refusals: [string, Partial<SubmitRequest>, string, RegExp][] = [
  ['no repository', { repo: '/' }, 'repo.invalid', /not in a git repository/],
  ['a relative path', { repo: 'here' }, 'input.invalid', /whole path/],
  ['an unknown base', { base: 'nope' }, 'repo.base_unknown', /nope/],
  ['an unknown commit', { patch: undefined, commit: 'nope' }, 'input.invalid', /nope/],
  ['no checks', { checks: [] }, 'evidence.no_checks', /--check "npm test"/],
  ['a check that needs a shell', { checks: ['npm test && echo'] }, 'input.invalid', /operator/],
  ['an empty patch', { patch: ' \n' }, 'patch.empty', /empty/],
  ['a malformed patch', { patch: 'hello' }, 'patch.malformed', /malformed/],
  ['a patch that does not apply', { patch: patch.replace('-one', '-three') }, 'patch.conflict', /a\.txt/],
  ['a patch and a commit', { commit: 'HEAD' }, 'input.invalid', /one of patch and commit/],
  ['an empty goal', { goal: '  ' }, 'input.invalid', /goal is empty/],
  ['an unknown key', { colour: 'red' } as never, 'input.invalid', /colour/],
  ['a checked-out target', { into: 'main' }, 'branch.checked_out', /main is checked out/],
  ['an unknown target', { into: 'later' }, 'repo.base_unknown', /no branch later/],
  ['a plan without tasks', { patch: undefined, plan: { version: 1, tasks: [] } }, 'plan.invalid', /at least one task/],
  [
    'a task whose patch does not apply',
    { patch: undefined, plan: { version: 1, tasks: [{ ...task, patch: patch.replace('-one', '-three') }] } },
    'patch.conflict',
    /^Task a: .*a\.txt/,
  ],
  [
    'a task with needs and a malformed patch',
    { patch: undefined, plan: { version: 1, tasks: [task, { key: 'b', title: 'B', needs: ['a'], patch: 'x' }] } },
    'patch.malformed',
    /^Task b:/,
  ],
  [
    'a command that needs a shell',
    { patch: undefined, plan: { version: 1, tasks: [{ key: 'r', title: 'R', run: 'a | b' }] } },
    'input.invalid',
    /^Task r:/,
  ],
  [
    'a task that no event can hold',
    {
      patch: undefined,
      plan: {
        version: 1,
        tasks: [
          {
            key: 'r',
            title: 'R',
            run: 'true',
            checks: Array.from({ length: 50 }, () => 'x'.repeat(4000)),
            paths: Array.from({ length: 200 }, () => 'p'.repeat(450)),
          },
        ],
      },
    },
    'plan.invalid',
    /^Task r is larger than the 256 KiB/,
  ],
  [
    'a title with half a character',
    { patch: undefined, plan: { version: 1, tasks: [{ key: 'r', title: 'R\ud83d', run: 'true' }] } },
    'plan.invalid',
    /at task r: title: it holds a NUL or half/,
  ],
  ['a goal with half a character', { goal: 'x\ud83d' }, 'input.invalid', /at goal: it holds a NUL or half/],
  ['a check with a NUL', { checks: ['npm test', 'x\u0000'] }, 'input.invalid', /at checks\.1: it holds a NUL/],
  [
    'checks that no event can hold',
    { checks: Array.from({ length: 50 }, (_, n) => [`x${n}`, 'x'.repeat(4000), 'y'.repeat(4000)]) },
    'input.invalid',
    /larger than the 256 KiB .* most of it in its checks/,
  ],
  ['a goal without a model', { patch: undefined }, 'model.missing', /as planner/],
  [
    'a task without a model',
    { patch: undefined, plan: { version: 1, tasks: [{ key: 'w', title: 'W' }] } },
    'model.missing',
    /as worker/,
  ],
];

test('what is refused at the door leaves nothing behind', async () => {
  const { desk, store } = await openHouse();
  const repo = makeRepo();
  for (const [name, change, code, message] of refusals) {
    const request = { goal: 'x', repo: repo.dir, checks, patch, ...change } as SubmitRequest;
    const refusal: unknown = await desk.submit(request).then(
      () => null,
      (error: unknown) => error,
    );
    expect(refusal, name).toMatchObject({ name: 'HiveError', code, message: expect.stringMatching(message) as string });
    expect((refusal as HiveError).message, name).not.toContain('\n');
  }
  expect((await store.events({ limit: 10 })).events).toEqual([]);
  expect(repo.git('for-each-ref', '--format=%(refname)').trim()).toBe('refs/heads/main');
  expect(repo.git('status', '--porcelain')).toBe('');
});

test('a repository without a commit, and one that holds HIVE_HOME, are refused', async () => {
  const { desk, home } = await openHouse();
  const repo = makeRepo();
  const empty = folder();
  repo.git('init', '-q', empty);
  await expect(desk.submit({ goal: 'x', repo: empty, patch, checks })).rejects.toMatchObject({
    code: 'repo.no_commits',
  });
  const outer = join(home, '..');
  repo.git('clone', '-q', repo.dir, join(outer, 'clone'));
  repo.git('-C', outer, 'init', '-q');
  repo.git('-C', outer, 'fetch', '-q', repo.dir, 'main:main');
  repo.git('-C', outer, 'symbolic-ref', 'HEAD', 'refs/heads/main');
  await expect(desk.submit({ goal: 'x', repo: outer, patch, checks })).rejects.toMatchObject({
    code: 'repo.invalid',
    message: expect.stringContaining('HIVE_HOME') as string,
  });
});

test('a task with needs may conflict with the base', async () => {
  const { desk } = await openHouse();
  const later = { key: 'b', title: 'B', needs: ['a'], patch: patch.replace('-one', '-two').replace('+two', '+three') };
  await expect(
    desk.submit({ goal: 'x', repo: makeRepo().dir, checks, plan: { version: 1, tasks: [task, later] } }),
  ).resolves.toMatchObject({ id: expect.any(String) as string });
});

test('into a branch that nobody looks at is accepted', async () => {
  const { desk, submissionOf } = await openHouse();
  const repo = makeRepo();
  repo.git('branch', 'stable');
  const { id } = await desk.submit({ goal: 'x', repo: repo.dir, checks, patch, into: 'refs/heads/stable' });
  expect((await submissionOf(id)).into).toBe('stable');
});

test('a repeated key answers the workflow that it made, also at the same moment', async () => {
  const { desk, store } = await openHouse();
  const repo = makeRepo();
  const request = { goal: 'x', repo: repo.dir, checks, patch };
  const [one, two] = await Promise.all([desk.submit(request, { key: 'k' }), desk.submit(request, { key: 'k' })]);
  expect(two.id).toBe(one.id);
  expect((await desk.submit({ ...request, repo: '/gone' }, { key: 'k' })).id).toBe(one.id);
  expect((await desk.submit(request, { key: 'other' })).id).not.toBe(one.id);
  expect((await store.events({ limit: 10 })).events).toHaveLength(2);
});

test('what was accepted is in the log before the answer is given', async () => {
  const { desk, store } = await openHouse();
  const { id } = await desk.submit({ goal: 'x', repo: makeRepo().dir, checks, patch });
  expect((await store.events({ limit: 10 })).events.map((it) => it.correlationId)).toEqual([id]);
});

test('models and sandbox are asked for what needs them, and only then', async () => {
  const asked: string[] = [];
  const means = {
    model: ({ role, ref, localOnly }: { role: string; ref: string | null; localOnly: boolean }) => {
      asked.push(`${role} ${ref} ${localOnly}`);
      return Promise.resolve();
    },
    sandbox: () => Promise.resolve({ kind: 'none' as const, note: 'bubblewrap is not installed.' }),
  };
  const repo = makeRepo().dir;
  const goal = { goal: 'x', repo, checks, model: 'ollama:m', localOnly: true };
  const { desk } = await openHouse({ means });
  await desk.submit({ goal: 'x', repo, checks, patch });
  expect(asked).toEqual([]);
  await expect(desk.submit(goal)).rejects.toMatchObject({ code: 'sandbox.missing', remedy: 'fix_config' });
  expect(asked).toEqual(['planner ollama:m true', 'worker ollama:m true']);

  const open = await openHouse({
    means,
    yaml: 'hive: { sandbox: { allowUnsandboxed: true }, models: { reviewer: ["claude:c"] }, budgets: { workflow: { usd: 2 } } }',
  });
  const { id } = await open.desk.submit(goal);
  expect(asked.slice(2)).toEqual(['planner ollama:m true', 'worker ollama:m true', 'reviewer null true']);
  expect(await open.submissionOf(id)).toMatchObject({
    source: 'model',
    plan: null,
    model: 'ollama:m',
    budget: { usd: 2 },
  });

  const strict = await openHouse({ means, yaml: 'hive: { sandbox: { mode: required } }' });
  await expect(strict.desk.submit({ goal: 'x', repo, checks, patch })).rejects.toMatchObject({
    code: 'sandbox.missing',
  });
});

test('a --model that names no model is wrong input, not wrong configuration', async () => {
  const config = new HiveError('config.invalid', '"gpt" names no model', { remedy: 'fix_config' });
  const { desk } = await openHouse({ means: { model: () => Promise.reject(config) } });
  const repo = makeRepo();
  await expect(desk.submit({ goal: 'Two', repo: repo.dir, checks, model: 'gpt' })).rejects.toMatchObject({
    code: 'input.invalid',
    message: '"gpt" names no model',
  });
  await expect(desk.submit({ goal: 'Two', repo: repo.dir, checks })).rejects.toBe(config);
});

test('what is wrong with a request is said in words', async () => {
  const { desk } = await openHouse();
  const repo = makeRepo();
  await expect(desk.submit({ goal: 'Two', repo: repo.dir, checks: [''] })).rejects.toThrow(
    'The request is not valid at checks.0: it is empty',
  );
  await expect(desk.submit({ goal: 'Two', repo: repo.dir, checks, patch: 'prose\n' })).rejects.toThrow(
    /^The patch is malformed: No valid patches in input$/,
  );
});
