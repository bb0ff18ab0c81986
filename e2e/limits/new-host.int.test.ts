import { createRepo, openHouse, type House } from '@hive/agent-kit/testing';
import { createArtefacts } from '@hive/core-db';
import { createDesk } from '@hive/front-desk';
import { afterEach, expect, test, vi } from 'vitest';
import orchestrator from '../../apps/orchestrator/src/agent.ts';
import worker from '../../apps/worker/src/agent.ts';

vi.setConfig({ testTimeout: 60_000 });
let house: House;
afterEach(() => house.close());

/** Green where Hive lets it through: the name leads nowhere, and that is no refusal. */
const reaching = `
const { request } = require('node:http');
const proxy = new URL(process.env.HTTP_PROXY);
const headers = { 'proxy-authorization': 'Basic ' + Buffer.from('hive:' + proxy.password).toString('base64') };
const asked = request({ host: proxy.hostname, port: proxy.port, method: 'CONNECT', path: 'mirror.invalid:443', headers });
asked.on('connect', (got) => process.exit(got.statusCode === 502 ? 0 : 1)).end();
`;

/** Two tasks whose check wants a host that nobody granted; null without bubblewrap. */
const open = async (policy: object = { approvals: { newHost: true } }) => {
  house = await openHouse({ yaml: 'hive: { disk: { floorGb: 0 } }' });
  const repo = createRepo(house.folder, { 'a.txt': 'one\n', 'b.txt': 'one\n', 'check.cjs': reaching });
  const desk = createDesk({ bus: house.bus, artefacts: createArtefacts(house.config.home), config: house.config });
  const patches = await Promise.all(
    ['a.txt', 'b.txt'].map((file) => house.artefacts.put(repo.patchOf({ [file]: 'two\n' }))),
  );
  const ids = await house.begin(
    {
      ...{ repo: repo.root, base: repo.base, policy },
      checks: [{ name: 'check', argv: ['node', 'check.cjs'], source: 'given' }],
    },
    ...patches.map((patch) => ({ patch, author: 'human' })),
  );
  for (const id of ids) await house.enqueue(id, 'work', { maxAttempts: 1 });
  await house.start(orchestrator);
  await house.start(worker, 'worker-1');
  const asked = async (many: number) => {
    await expect.poll(async () => (await desk.approvals()).items.length, { timeout: 30_000 }).toBe(many);
    return (await desk.approvals()).items;
  };
  const become = (state: string) =>
    expect
      .poll(() => Promise.all(ids.map(async (id) => (await house.view(id)).state)), { timeout: 30_000 })
      .toEqual([state, state]);
  return { desk, ids, asked, become };
};

const hasSandbox = async (): Promise<boolean> => {
  const { execFileSync } = await import('node:child_process');
  try {
    execFileSync('bwrap', ['--unshare-all', '--ro-bind', '/', '/', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

test('checks that miss a host wait for a person, and one answer lets all of their workflow reach it', async (context) => {
  if (!(await hasSandbox())) return context.skip('bubblewrap does not work here');
  const { desk, ids, asked, become } = await open();
  const requests = await asked(2);
  const [request] = requests;
  if (!request) throw new Error('nobody is asked');
  expect(request).toMatchObject({ kind: 'egress', tier: 'T2', proposer: 'worker/worker-1' });
  expect(request.document).toMatchObject({ reach: { by: 'checks', hosts: ['mirror.invalid'] } });
  expect(request.action).toMatch(/^Let checks and commands of .* reach mirror\.invalid until hive\/test-/);
  expect(await desk.workflow(request.workflowId)).toMatchObject({ status: 'waiting' });
  await desk.decide(request.id, { decision: 'approve', actionHash: request.actionHash, by: 'ada' });
  await become('checked');
  expect(await asked(0)).toEqual([]);
  const { items } = await desk.approvals({ state: 'all' });
  expect(items.map(({ state }) => state).toSorted()).toEqual(['expired', 'used']);
  for (const id of ids) {
    const { evidence, attempts } = await house.view(id);
    expect(attempts).toBe(0);
    const onHead = evidence?.commands.find(({ on }) => on === 'head');
    expect(onHead?.egress).toMatchObject([{ host: 'mirror.invalid', port: 443 }]);
  }
  expect(await house.broken()).toEqual([]);
});

test('what a person does not allow fails as without the rule, with their words', async (context) => {
  if (!(await hasSandbox())) return context.skip('bubblewrap does not work here');
  const { desk, ids, asked, become } = await open();
  const [request] = await asked(2);
  if (!request) throw new Error('nobody is asked');
  await desk.decide(request.id, {
    ...{ decision: 'deny', actionHash: request.actionHash },
    ...{ reason: 'Ask ops first', by: 'ada' },
  });
  await become('failed');
  for (const id of ids) {
    const { code, reason } = await house.view(id);
    expect(code).toBe('infra.network');
    expect(reason).toMatch(
      /add  egress: \{ checks: \[mirror\.invalid\] \}[^]*ada did not let it reach mirror\.invalid: Ask ops first/,
    );
  }
  expect(await house.broken()).toEqual([]);
});
