import { createDesk } from '@hive/front-desk';
import { createArtefacts } from '@hive/core-db';
import type { ModelRequest } from '@hive/llm';
import { afterEach, expect, test, vi } from 'vitest';
import orchestrator from '../../apps/orchestrator/src/agent.ts';
import { asker, ended, openDoubles, question, told, type Doubles } from './asking.ts';

vi.setConfig({ testTimeout: 60_000 });
let doubles: Doubles;
afterEach(() => doubles.close());

const repo = { repo: '/nowhere', base: '1'.repeat(40) };
const canary = 'canary-of-the-invoice';
const about = (path: string, more = ''): ModelRequest => ({
  ...question(''),
  messages: [{ role: 'user', parts: [{ text: canary + more, from: { repo: '/r', path } }] }],
});

const open = async (turns: (n: number) => ModelRequest, count: number) => {
  doubles = await openDoubles('security: { egress: [{ path: docs/**, to: any }], egressDefault: ask }');
  const { house, claude } = doubles;
  const desk = createDesk({ bus: house.bus, artefacts: createArtefacts(house.config.home), config: house.config });
  const begin = async (...models: string[]) => {
    const ids = await house.begin(repo, ...models.map((model) => ({ model })));
    for (const id of ids) await house.enqueue(id, 'work', { maxAttempts: 1 });
    await house.start(orchestrator);
    return ids;
  };
  const asked = async () => {
    await expect.poll(async () => (await desk.approvals()).items.length, { timeout: 20_000 }).toBe(1);
    const [request] = (await desk.approvals()).items;
    if (!request) throw new Error('nobody is asked');
    return request;
  };
  const worker = (name: string) => house.start(asker(null, turns, count), name);
  return { house, claude, desk, begin, asked, worker };
};

test('a call that asks waits without a process, and goes on with the answer: one for all calls of the task to that place', async () => {
  const { house, claude, desk, begin, asked, worker } = await open((n) => about('src/invoice.ts', `${n}`), 3);
  const first = await worker('worker-1');
  const [far = '', near = ''] = await begin('claude:sonnet', 'ollama:tiny@walnut');
  await ended(house, [near]);
  const request = await asked();
  expect(request).toMatchObject({ kind: 'egress', tier: 'T2', taskId: far, proposer: 'worker/worker-1' });
  const rules = [{ rule: 'egressDefault: ask', paths: ['src/invoice.ts'], files: 1 }];
  const destination = new URL(claude.url).host;
  expect(request.document?.egress).toMatchObject({ role: 'worker', model: 'claude:sonnet', destination, rules });
  expect(JSON.stringify(request)).not.toContain(canary);
  expect(await desk.workflow(request.workflowId)).toMatchObject({ status: 'waiting', approvals: [{ kind: 'egress' }] });
  expect((await desk.task(far)).waits).toMatchObject({ because: 'person' });
  expect((await desk.report()).waiting).toMatchObject([{ kind: 'task', id: far }]);
  expect(await house.store.steps({ taskId: far, limit: 5 })).toMatchObject([{ state: 'scheduled', holder: null }]);
  await first.drain(0);
  expect(claude.requests).toEqual([]);

  const other = desk.decide(request.id, { decision: 'approve', actionHash: '0'.repeat(64) });
  await expect(other).rejects.toMatchObject({ code: 'approval.changed' });
  const { actionHash } = request;
  await desk.decide(request.id, { decision: 'approve', actionHash, by: 'ada' });
  await worker('worker-2');
  await ended(house, [far]);
  expect(claude.requests.filter(({ path }) => path === '/v1/messages')).toHaveLength(3);
  expect((await told(house, 'approval.requested', 'approval.consumed')).map(({ type }) => type)).toEqual([
    'approval.requested',
    'approval.consumed',
  ]);
  const calls = (await told(house, 'model.intended')).filter(({ data }) => 'approvalId' in data);
  expect(calls.map(({ data }) => data)).toMatchObject(Array(3).fill({ approvalId: request.id, actionHash }));
  expect(await house.view(far)).toMatchObject({ attempts: 0, rescues: 0 });
  // An event that she could not handle would have kept the answer waiting behind it.
  expect((await desk.deadLetters()).items).toEqual([]);
  expect(await house.broken()).toEqual([]);
});

test('what a person does not allow is not sent, with their words for it; what another rule asks about is asked about again', async () => {
  const { house, claude, desk, begin, asked, worker } = await open(
    (n) => (n === 0 ? about('docs/a.md') : about('src/a.ts')),
    2,
  );
  await worker('worker-1');
  const [task = ''] = await begin('claude:sonnet');
  const request = await asked();
  expect(claude.requests.filter(({ path }) => path === '/v1/messages')).toHaveLength(1);
  const { actionHash, id } = request;
  await desk.decide(id, { decision: 'deny', actionHash, reason: 'Not the invoices', by: 'ada' });
  await ended(house, [task], 'failed');
  expect(await house.view(task)).toMatchObject({ code: 'model.egress_denied' });
  expect((await house.view(task)).reason).toMatch(
    /^Nothing was sent to claude:sonnet .* human\/ada .*: Not the invoices/,
  );
  expect(claude.requests.filter(({ path }) => path === '/v1/messages')).toHaveLength(1);
  const last = (await told(house, 'model.called')).at(-1)?.data;
  expect(last).toMatchObject({ outcome: 'model.egress_denied', bytes: 0, denied: { rule: 'egressDefault: ask' } });
  await desk.retry(task);
  expect(await asked()).not.toMatchObject({ id });
  expect(await house.broken()).toEqual([]);
});
