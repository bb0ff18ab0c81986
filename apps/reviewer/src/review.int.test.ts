import { openHouse, type House } from '@hive/agent-kit/testing';
import { streams, type DataOf } from '@hive/events';
import { noLlama, startEngine, startModelServer, type Engine, type ModelServer, type Rule } from '@hive/model-server';
import { afterEach, expect, test } from 'vitest';
import reviewer from './agent.ts';
import { tellProven } from './testing/proven-task.ts';

let house: House;
let server: ModelServer;
let engine: Engine | undefined;
afterEach(async () => {
  await house.close();
  await server.stop();
  await engine?.stop();
  engine = undefined;
});

const base = '1'.repeat(40);
const patch = `diff --git a/a.txt b/a.txt
--- a/a.txt
+++ b/a.txt
@@ -1 +1 @@
-one
+two
`;
type Review = DataOf<'task.review_completed'>;

/** Has a proven change of this author reviewed; answers the reviews, or the failure of the step. */
const reviewed = async (
  { author, reviewers, quorum = 1 }: { author: string; reviewers: string[]; quorum?: number },
  ...rules: Rule[]
): Promise<Review[] | string> => {
  const names = ['one', 'two', 'three'].map((name) => ({ name }));
  const scenario = { name: 'reviews', models: names, rules };
  server = await startModelServer({ scenario, ...(engine ? { engine } : {}) });
  const yaml = `hive: { disk: { floorGb: 0 }, models: { reviewer: [${reviewers.map((name) => `"ollama:${name}"`).join(', ')}] }, review: { quorum: ${quorum} } }`;
  house = await openHouse({ yaml, env: { OLLAMA_HOST: server.url } });
  const [taskId = ''] = await house.begin({ repo: '/nowhere', base }, {});
  await tellProven(house, taskId, { author, base, patch });
  await house.start(reviewer);
  await house.enqueue(taskId, 'review', { maxAttempts: 1 });
  const ended = async () =>
    (await house.events(streams.task(taskId)))
      .filter(({ type }) => /review_completed|attempt_failed/.test(type))
      .map(({ data }) => data);
  await expect.poll(async () => (await ended()).length).toBeGreaterThan(0);
  expect(await house.broken()).toEqual([]);
  const all = await ended();
  const [first] = all as { code?: string }[];
  return first?.code ?? (all as Review[]);
};
const told = (reviews: Review[] | string) =>
  typeof reviews === 'string'
    ? reviews
    : reviews.map(({ decision, reviewer: { kind }, remaining }) => `${kind} ${decision} ${remaining}`);
const askedModels = () =>
  server.requests.filter(({ path }) => path === '/api/chat').map(({ body }) => (body as { model: string }).model);

const approve = { json: { decision: 'approve', findings: [] } };
const finding = { message: 'Two is not three', file: 'a.txt', line: 1, severity: 'error' };

test('as many models approve as the quorum says, each of them told, and no more are asked', async () => {
  const reviews = await reviewed(
    { author: 'human', reviewers: ['one', 'two', 'three'], quorum: 2 },
    { reply: approve },
  );
  expect(told(reviews)).toEqual(['rules approve 2', 'model approve 1', 'model approve 0']);
  expect(askedModels()).toEqual(['one', 'two']);
});

test('the first model that does not approve ends the round, and its findings are held against the patch', async () => {
  const elsewhere = { message: 'x', file: '/etc/passwd', severity: 'info' };
  const reviews = await reviewed(
    { author: 'claude:x', reviewers: ['one', 'two', 'three'], quorum: 3 },
    { model: 'two', reply: { json: { decision: 'return', findings: [finding, elsewhere] } } },
    { reply: approve },
  );
  expect(told(reviews)).toEqual(['rules approve 2', 'model approve 1', 'model return 0']);
  expect((reviews as Review[]).at(-1)?.findings).toEqual([
    { rule: 'model', ...finding },
    {
      rule: 'model.elsewhere',
      message: 'Findings about files that the change does not touch were left out: /etc/passwd',
      severity: 'info',
    },
  ]);
  expect(askedModels()).toEqual(['one', 'two']);
});

test('a model whose findings are all about other files is asked once more', async () => {
  const wrong = { json: { decision: 'return', findings: [{ ...finding, file: 'b.txt' }] } };
  const reviews = await reviewed(
    { author: 'human', reviewers: ['one'] },
    { contains: 'does not match the schema', reply: approve },
    { reply: wrong },
  );
  expect(told(reviews)).toEqual(['rules approve 1', 'model approve 0']);
});

test('a model that cannot answer is passed over for the next', async () => {
  const reviews = await reviewed(
    { author: 'human', reviewers: ['one', 'two'] },
    { model: 'one', reply: { text: 'Looks good!' } },
    { reply: approve },
  );
  expect(told(reviews)).toEqual(['rules approve 1', 'model approve 0']);
  expect(askedModels()).toEqual(['one', 'one', 'two']);
});

test.each([
  ['the only reviewer is its author', 'ollama:one@elsewhere', ['one'], 1],
  ['there are too few besides its author', 'ollama:two@elsewhere', ['one', 'two'], 2],
])('a person decides where %s, and nobody is asked', async (_, author, reviewers, quorum) => {
  const reviews = await reviewed({ author, reviewers, quorum }, { reply: approve });
  expect(told(reviews)).toEqual(['rules escalate 0']);
  expect(askedModels()).toEqual([]);
});

test('a box that is away is waited for instead of a person', async () => {
  const away = { kind: 'status', status: 503 } as const;
  expect(await reviewed({ author: 'human', reviewers: ['one'] }, { fault: away })).toBe('model.overloaded');
});

const missing = await noLlama();
test.skipIf(missing !== null)('what a model says at random is a review, or bad output', async () => {
  engine = await startEngine();
  const reviews = await reviewed({ author: 'human', reviewers: ['one'] }, {});
  expect([told(reviews)].flat().at(-1)).toMatch(/^(model\.bad_output|model (approve|return|escalate) \d)$/);
});
