import { afterEach, expect, test, vi } from 'vitest';
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

test('a workflow is replayed: the same trees, outcomes and events, nothing paid and nobody connected to', async () => {
  building = await openBuilding({ boxes: { walnut: rules } });
  const { root, git } = building.repo(files);
  const first = await building.run(request(root));
  expect(first).toMatchObject({ status: 'completed', merged: 2 });
  const server = building.servers.get('walnut');
  const before = [server?.connections(), server?.requests.length];

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
  expect([server?.connections(), server?.requests.length]).toEqual(before);
  expect(result.branch).not.toBe(first.branch);
  const treeOf = (branch: string | null) => git('rev-parse', `${branch ?? ''}^{tree}`);
  expect(treeOf(result.branch)).toBe(treeOf(first.branch));
  expect(await building.broken()).toEqual([]);
});
