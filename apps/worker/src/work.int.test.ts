import { createRepo, openHouse, type House, type TestRepo } from '@hive/agent-kit/testing';
import { streams, type Check, type PlannedTask } from '@hive/events';
import { startModelServer, type ModelServer, type Rule } from '@hive/model-server';
import { afterEach, expect, test } from 'vitest';
import agent from './agent.ts';

const check: Check = { name: 'check', argv: ['sh', '-c', '! grep -q bad a.txt'], source: 'given' };

let house: House;
let repo: TestRepo;
let server: ModelServer | undefined;

const open = async (rules: Rule[] = []) => {
  server =
    rules.length > 0
      ? await startModelServer({
          scenario: { name: 'test', models: [{ name: 'tiny', capabilities: ['completion'] }], rules },
        })
      : undefined;
  house = await openHouse(server ? { env: { OLLAMA_HOST: server.url } } : {});
  repo = createRepo(house.folder, { 'a.txt': 'one\n', 'b.txt': 'one\n' });
};

afterEach(async () => {
  await house.close();
  await server?.stop();
});

const given = async (task: Partial<PlannedTask>): Promise<string> => {
  const [taskId = ''] = await house.begin({ repo: repo.root, base: repo.base, checks: [check] }, task);
  await house.start(agent);
  await house.enqueue(taskId, 'work', { maxAttempts: 1 });
  return taskId;
};
const ends = async (taskId: string, expected: object) => {
  await expect
    .poll(async () => ['ready', 'working'].includes((await house.view(taskId)).state) && !(await failed(taskId)), {
      timeout: 60_000,
    })
    .toBe(false);
  expect(await house.view(taskId)).toMatchObject(expected);
};
const failed = async (taskId: string) =>
  (await house.events(streams.task(taskId))).some((event) => event.type === 'task.attempt_failed');
const patched = async (changes: Record<string, string>) => house.artefacts.put(repo.patchOf(changes));

const tool = { author: 'tool', kind: 'command' } as const;
const model = { author: null } as const;

test('a patch becomes a commit that says whose it is, and the check proves that commit', async () => {
  await open();
  const taskId = await given({ patch: await patched({ 'a.txt': 'two\n' }) });
  await ends(taskId, { state: 'submitted', author: 'human', base: repo.base });
  await house.enqueue(taskId, 'check');
  await expect.poll(async () => (await house.view(taskId)).state).toBe('checked');
  const view = await house.view(taskId);
  expect(view.evidence).toMatchObject({
    base: repo.base,
    head: view.commit,
    patch: view.patch,
    greenAfter: true,
    redBefore: 'not_needed',
  });
  expect(repo.git('status', '--porcelain')).toBe('');
  expect(repo.git('for-each-ref', '--format=%(refname)')).toBe('refs/heads/main');
  expect(await house.broken()).toEqual([]);
});

test('a command that leaves a diff is handed in as the change of a tool', async () => {
  await open();
  const taskId = await given({ ...tool, run: ['sh', '-c', 'echo two > a.txt'] });
  await ends(taskId, { state: 'submitted', author: 'tool' });
});

test('a command that leaves no diff is completed when the checks are green where it stands', async () => {
  await open();
  const taskId = await given({ ...tool, run: ['true'] });
  await ends(taskId, { state: 'completed', evidence: { base: repo.base, head: repo.base, greenAfter: true } });
});

test.each<[string, Partial<PlannedTask>, object]>([
  [
    'a command that leaves no diff beside a red check',
    { ...tool, run: ['true'], checks: [{ ...check, name: 'red', argv: ['false'] }] },
    { state: 'refused', code: 'checks.red' },
  ],
  [
    'a command that fails',
    { ...tool, run: ['sh', '-c', 'echo no such thing; exit 3'] },
    { code: 'run.failed', reason: 'sh -c echo no such thing; exit 3 ended with 3: no such thing' },
  ],
  [
    'a change that changes nothing',
    { author: 'tool', kind: 'change', run: ['true'] },
    { state: 'refused', code: 'patch.empty' },
  ],
  [
    'a change outside of its paths',
    { ...tool, run: ['sh', '-c', 'echo two > b.txt'], paths: ['a.txt'] },
    { state: 'refused', code: 'paths.outside' },
  ],
])('%s', async (_, task, expected) => {
  await open();
  await ends(await given(task), expected);
});

test('a patch that does not fit is refused', async () => {
  await open();
  const patch = repo.patchOf({ 'a.txt': 'two\n' }).replace('-one', '-uno');
  await ends(await given({ patch: await house.artefacts.put(patch) }), { state: 'refused', code: 'patch.conflict' });
});

test('a patch that adds a submodule is refused by policy', async () => {
  await open();
  const patch = `diff --git a/sub b/sub\nnew file mode 160000\n--- /dev/null\n+++ b/sub\n@@ -0,0 +1 @@\n+Subproject commit ${repo.base}\n`;
  await ends(await given({ patch: await house.artefacts.put(patch) }), { state: 'refused', code: 'policy.denied' });
});

const replies = (json: unknown): Rule[] => [{ reply: { json } }];

test('the change of a model is its own, and its call is recorded under the claim', async () => {
  await open(replies({ files: [{ path: 'a.txt', content: 'two\n' }], summary: 'Two' }));
  const taskId = await given(model);
  await ends(taskId, { state: 'submitted', author: 'double:test' });
  const { events } = await house.store.events({ types: ['model.called'], limit: 10 });
  const claimed = (await house.events(streams.task(taskId))).find((event) => event.type === 'task.claimed');
  expect(events).toMatchObject([
    { causationId: claimed?.id, data: { role: 'worker', outcome: 'ok', model: 'test', taskId } },
  ]);
  expect(await house.broken()).toEqual([]);
});

test('a model that was returned hears what was found, and may then succeed', async () => {
  await open([
    { contains: 'it says bad', reply: { json: { files: [{ path: 'a.txt', content: 'two\n' }], summary: 'Two' } } },
    { reply: { json: { files: [{ path: 'a.txt', content: 'bad\n' }], summary: 'Bad' } } },
  ]);
  const taskId = await given(model);
  await ends(taskId, { state: 'submitted' });
  const first = (await house.view(taskId)).commit;
  await house.enqueue(taskId, 'check');
  await expect.poll(async () => (await house.view(taskId)).code).toBe('checks.red');
  const of = { taskId, step: 'review' as const, attempt: 1, token: 9 };
  const findings = [{ rule: 'checks.red', message: 'it says bad' }];
  await house.tell(
    taskId,
    {
      type: 'task.review_completed',
      stream: streams.task(taskId),
      data: { ...of, decision: 'return', reviewer: { agent: 'reviewer', kind: 'rules' }, findings, remaining: 0 },
    },
    { type: 'task.returned', stream: streams.task(taskId), data: { taskId, findings } },
  );
  await house.enqueue(taskId, 'work');
  await ends(taskId, { state: 'submitted', returns: 1 });
  expect((await house.view(taskId)).commit).not.toBe(first);
});

test.each([
  [
    'a path outside of the repository',
    { files: [{ path: '../x', content: 'x' }], summary: 'x' },
    { state: 'refused', code: 'paths.outside' },
  ],
  [
    'what is there already',
    { files: [{ path: 'a.txt', content: 'one\n' }], summary: 'x' },
    { code: 'model.bad_output' },
  ],
  [
    'a diff that does not fit',
    { diff: 'diff --git a/a.txt b/a.txt\n--- a/a.txt\n+++ b/a.txt\n@@ -1 +1 @@\n-uno\n+due\n', summary: 'x' },
    { code: 'model.bad_output' },
  ],
  ['a diff that is none', { diff: '--- a/a.txt\n+++ b/a.txt\n@@ what\n', summary: 'x' }, { code: 'model.bad_output' }],
])('a model answers %s', async (_, json, expected) => {
  await open(replies(json));
  await ends(await given(model), expected);
});

test('an agent that is gone keeps its row until its step was given back', async () => {
  await open();
  const taskId = await given({ ...tool, run: ['sleep', '60'] });
  await expect.poll(async () => (await house.view(taskId)).state).toBe('working');
  const [step] = await house.store.steps({ taskId, limit: 1 });
  let pid = process.pid;
  const ctx = {
    bus: {
      store: {
        ...house.store,
        agents: async () => (await house.store.agents()).map((it) => ({ ...it, host: 'here', pid })),
        gone: (all: string[]) => Promise.resolve(all),
      },
    },
  };
  const cleaned: string[] = [];
  const { leftovers } = await import('./leftovers.ts');
  const own = { cleanUp: (gone: string) => (cleaned.push(gone), Promise.resolve()) };
  const look = () => leftovers({ ...ctx, host: 'here', log: { info: () => undefined }, own } as never);
  await look();
  expect(cleaned, 'one that lives and is only cut off from the store').toEqual([]);
  pid = 2 ** 30; // no process has such a number
  await look();
  expect(cleaned).toEqual([step?.holder]);
  expect((await house.store.agents()).map((it) => it.incarnation)).toEqual([step?.holder]);
});
