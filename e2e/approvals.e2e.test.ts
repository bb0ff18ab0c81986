import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ApprovalSummary, Desk, Result } from '@hive/events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { agentPid, makeHome, standStill, until, type Building, type Home } from './hive.ts';

let home: Home;
let repo: string;
let hasty: string;
let building: Building;

beforeEach(async () => {
  home = await makeHome();
  repo = await home.repo({ 'a.txt': 'one\n' });
  hasty = await home.repo({ 'a.txt': 'one\n' });
  await mkdir(home.home, { recursive: true });
  const rules = { policies: { approvals: { protected: ['hive/*'] } } };
  const repos = { [hasty]: { policy: { approvals: { expiresH: 1 / 3600 } } } };
  await writeFile(join(home.home, 'hive.yaml'), JSON.stringify({ hive: { ...rules, repos, disk: { floorGb: 0 } } }));
  building = await home.up();
});
afterEach(() => home.remove());

/** Hands in a plan of one command; answers the workflow and its task. */
const handIn = async (desk: Desk, name: string, where = repo): Promise<{ id: string; task: string }> => {
  const task = { key: name, title: name, redBefore: 'not_needed', run: ['sh', '-c', `echo ${name} > ${name}.txt`] };
  const { id } = await desk.submit({ goal: name, repo: where, plan: { version: 1, checks: ['true'], tasks: [task] } });
  await until(`${name} is planned`, async () => (await desk.workflow(id)).tasks.length === 1);
  return { id, task: (await desk.workflow(id)).tasks[0]?.id ?? '' };
};

const requestOf = async (desk: Desk, workflow: string): Promise<ApprovalSummary> => {
  await until('a person is asked', async () => (await desk.approvals({ workflow })).items.length === 1);
  const [request] = (await desk.approvals({ workflow })).items;
  if (!request) throw new Error('nobody is asked');
  return request;
};

const ended = async (desk: Desk, id: string): Promise<Result> => {
  await until(`${id} is over`, async () => (await desk.workflow(id)).settledAt !== null);
  return desk.workflow(id);
};

/** What was recorded of a workflow, as often as it was. */
const told = async (desk: Desk, id: string, type: string): Promise<number> =>
  (await desk.trace(id)).filter((event) => event.type === type).length;

test('a merge waits for a person through kills and restarts, and is done once when they agree', async () => {
  let desk = await home.desk();
  const good = await handIn(desk, 'good');
  const waited = await home.hive('wait', good.id, '--json');
  expect([waited.code, (JSON.parse(waited.stdout) as Result).status]).toEqual([3, 'waiting']);
  const request = await requestOf(desk, good.id);
  expect(request).toMatchObject({ taskId: good.task, state: 'open', kind: 'merge', tier: 'T2' });
  expect(request.document?.files).toEqual([{ path: 'good.txt', added: 1, removed: 0 }]);

  await building.stop();
  const away = await home.hive('approve', good.task);
  expect([away.code, away.stderr]).toEqual([69, expect.stringContaining('hive up')]);
  building = await home.up();
  desk = await home.desk();
  expect((await desk.workflow(good.id)).status).toBe('waiting');
  const stale = desk.decide(good.task, { decision: 'approve', actionHash: '0'.repeat(64) });
  await expect(stale).rejects.toMatchObject({ code: 'approval.changed' });

  // Decided, and the one who acts on it dies before she can.
  const orchestrator = (await agentPid(home.home, 'orchestrator')) ?? 0;
  await standStill(home.home, orchestrator);
  const agreed = await home.hive('approve', good.task, '--note', 'looked at it');
  expect(agreed).toMatchObject({
    ...{ code: 0, stderr: '' },
    stdout: expect.stringContaining('Merge good by tool into hive/good-') as string,
  });
  expect(await told(desk, good.id, 'task.review_completed')).toBe(1);
  process.kill(orchestrator, 'SIGKILL');
  const result = await ended(desk, good.id);
  expect(result).toMatchObject({ status: 'completed', merged: 1 });
  expect(result.tasks[0]?.evidence?.reviewers?.at(-1)).toMatchObject({ kind: 'human' });
  expect(await told(desk, good.id, 'approval.consumed')).toBe(1);
  expect(await told(desk, good.id, 'merge.completed')).toBe(1);
  const [intent, used] = (await desk.trace(good.id)).filter(({ type }) =>
    ['merge.intended', 'approval.consumed'].includes(type),
  );
  expect([used?.type, used?.at]).toEqual(['approval.consumed', intent?.at]);

  const bad = await handIn(desk, 'bad');
  await requestOf(desk, bad.id);
  const denied = await home.hive('deny', bad.id, '--reason', 'not this');
  expect(denied.code).toBe(0);
  const refused = await ended(desk, bad.id);
  expect(refused.tasks[0]).toMatchObject({ status: 'refused', code: 'approval.denied' });
  expect(refused.tasks[0]?.reason).toContain('not this');
  const trace = await desk.trace(bad.id);
  const momentOf = (type: string) => Date.parse(trace.find((event) => event.type === type)?.at ?? '');
  const tookMs = momentOf('task.refused') - momentOf('approval.decided');
  process.stderr.write(`approvals: an answer had its effect after ${tookMs} ms\n`);

  const late = await handIn(desk, 'late', hasty);
  expect((await ended(desk, late.id)).tasks[0]).toMatchObject({ status: 'refused', code: 'approval.expired' });

  const verified = await home.hive('verify');
  expect([verified.code, verified.stdout]).toEqual([0, expect.not.stringMatching(/broken {2}/)]);
});
