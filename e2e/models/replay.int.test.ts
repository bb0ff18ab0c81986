import { afterEach, expect, test, vi } from 'vitest';
import { newId } from '@hive/bus';
import { streams, type WorkflowView } from '@hive/events';
import type { Reply, Rule } from '@hive/model-server';
import { openBuilding, type Building } from './building.ts';

vi.setConfig({ testTimeout: 60_000 });

let building: Building;
afterEach(() => building.close());

type Calls = NonNullable<Reply['toolCalls']>;
const call = (name: string, input: object): Calls[number] => ({ name, input });
const finish = call('finish', { summary: 'done' });
const write = (path: string, content: string) => call('write', { path, content });

/** The n-th reply of an author whose prompt holds this text. */
const author = (contains: string, ...replies: Calls[]): Rule[] =>
  replies.map((toolCalls, index) => ({ contains, call: index + 1, reply: { toolCalls } }));

const plan = {
  version: 1,
  tasks: [
    { key: 'add', title: 'Add the numbers', paths: ['sum.js', 'test.js'] },
    { key: 'say', title: 'Say two', needs: ['add'], paths: ['other.txt'], redBefore: 'not_needed' },
  ],
};
const files = { 'sum.js': 'module.exports = (a, b) => a - b;\n', 'other.txt': 'one\n', 'test.js': '' };
const asserts = `const sum = require('./sum.js');\nconsole.log('took ' + process.hrtime.bigint() + ' ns');\nif (sum(2, 2) !== 4) process.exit(1);\n`;
const fixed = 'module.exports = (a, b) => a + b;\n';

const rules: Rule[] = [
  { contains: 'You plan a change', reply: { json: plan } },
  ...author(
    'Add the numbers',
    [write('test.js', asserts)],
    [call('check', { name: 'node test.js' })],
    [write('sum.js', fixed)],
    [call('check', { name: 'node test.js' })],
    [finish],
  ),
  ...author('Say two', [write('other.txt', 'two\n')], [finish]),
];
const request = (repo: string) => ({ goal: 'Make it add', repo, checks: ['node test.js'] });

test('a workflow is replayed: the same trees, outcomes and events, and nothing paid', async () => {
  building = await openBuilding({ boxes: { walnut: rules } });
  const { root, git } = building.repo(files);
  const first = await building.run(request(root));
  expect(first).toMatchObject({ status: 'completed', merged: 2 });
  await building.servers.get('walnut')?.stop(); // whoever were asked now would not be reached

  const { result, comparison } = await building.replay(first.workflow);
  expect(comparison).toMatchObject({
    equal: true,
    differences: [],
    now: { paid: { calls: 0, tokens: 0, costUsd: 0 } },
  });
  expect(comparison.now.replayed).toEqual(
    comparison.then.paid && { calls: comparison.then.paid.calls, tokens: comparison.then.paid.tokens },
  );
  expect(comparison.now.diff).toEqual(comparison.then.diff);
  expect(result.branch).not.toBe(first.branch);
  const treeOf = (branch: string | null) => git('rev-parse', `${branch ?? ''}^{tree}`);
  expect(treeOf(result.branch)).toBe(treeOf(first.branch));
  expect(await building.broken()).toEqual([]);
});

test('a fork answers from the recording up to an event, asks others after it, and shows both ends', async () => {
  const say = author('Say two', [write('other.txt', 'three\n')], [finish]);
  building = await openBuilding({
    boxes: { walnut: rules, oak: say },
    yaml: 'models: { planner: ["ollama:tiny@walnut"], worker: ["ollama:tiny@walnut"] }',
  });
  const { root } = building.repo(files);
  const first = await building.run(request(root));
  const merged = (await building.desk.trace(first.workflow)).find(({ type }) => type === 'task.merged');
  const at = String(merged?.position);
  await building.servers.get('walnut')?.stop();

  const { comparison } = await building.replay(first.workflow, { at, models: { worker: 'ollama:tiny@oak' } });
  expect(comparison).toMatchObject({
    equal: false,
    replay: { beyond: 'live', upTo: merged?.id },
    then: { replayed: { calls: 0 }, paid: { calls: 8 } },
    now: { status: 'completed', replayed: { calls: 6 }, paid: { calls: 2 } },
  });
  const trees = comparison.tasks.map(({ key, then, now }) => [key, then?.tree === now?.tree, now?.author]);
  expect(trees).toEqual([
    ['add', true, 'double:walnut'],
    ['say', false, 'double:oak'],
  ]);
  expect(comparison.differences.join()).toMatch(/task say: task.submitted/);
  await expect(building.desk.replay(first.workflow, { models: { worker: 'x' } })).rejects.toThrow(
    'Say from which event',
  );
  await expect(building.desk.replay(first.workflow, { at: '1' })).rejects.toThrow('has no event 1');
});

test('what was not recorded is a miss that says how it differs, and nobody is asked instead', async () => {
  building = await openBuilding({ boxes: { walnut: rules } });
  const { root } = building.repo(files);
  const first = await building.run(request(root));
  const asked = () => building.servers.get('walnut')?.requests.filter(({ path }) => path === '/api/chat').length;
  const before = asked();
  const stream = streams.workflow(first.workflow);
  const { submission } = (await building.store.heads([stream])).heads.get(stream)?.view as WorkflowView;
  const upTo = (await building.desk.trace(first.workflow)).at(-1)?.id ?? '';
  const workflowId = newId();
  const replay = { of: first.workflow, upTo, beyond: 'refuse', models: {} } as const;
  const data = { ...submission, workflowId, goal: 'Make it subtract', replay };
  await building.bus.command({
    on: null,
    correlationId: workflowId,
    events: [{ type: 'workflow.submitted', stream: streams.workflow(workflowId), data }],
  });
  const result = await building.ended(workflowId);
  expect(result).toMatchObject({ status: 'failed', code: 'model.replay_miss', usage: { calls: 0 } });
  expect(result.reason).toMatch(/the nearest differs in messages\.0\.parts/);
  expect(asked()).toBe(before);
});
