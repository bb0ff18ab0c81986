import { createBus, newId } from '@hive/bus';
import { streams, type ApprovalDocument } from '@hive/events';
import { expect, test } from 'vitest';
import { createDesk } from './create-desk.ts';
import { makeRepo, openHouse, patch } from './testing/house.ts';

/** A plan that a person is asked about. */
const houseThatAsks = async () => {
  const house = await openHouse();
  const { desk, artefacts, move } = house;
  const { id: workflowId } = await desk.submit({ goal: 'Count', repo: makeRepo().dir, checks: ['true'], patch });
  const ask = async (action: string, more: object = {}) => {
    const about = { taskId: null, workflowId, action, kind: 'plan' as const, tier: 'T1' as const };
    const shown: ApprovalDocument = {
      ...{ ...about, because: [], repo: '/repo', branch: 'hive/x', into: null, author: 'plan file', base: null },
      ...{ commit: null, patch: null, files: null, commands: [], proof: null, budget: null, plan: null, tasks: [] },
    };
    const of = { approvalId: newId(), actionHash: await artefacts.put(JSON.stringify(shown)) };
    const expiresAt = new Date(Date.now() + 60_000).toISOString();
    const data = { ...of, ...about, proposer: 'planner/planner', expiresAt, ...more };
    await move(workflowId, { type: 'approval.requested', stream: streams.approval(of.approvalId), data });
    return { id: of.approvalId, actionHash: of.actionHash, shown };
  };
  return { ...house, workflowId, ask };
};

test('what waits is listed with what is shown, and found by its own id or that of its workflow', async () => {
  const { desk, workflowId, ask } = await houseThatAsks();
  const one = await ask('Begin it');
  expect((await desk.approvals()).items).toMatchObject([
    { id: one.id, state: 'open', kind: 'plan', tier: 'T1', actionHash: one.actionHash, document: one.shown },
  ]);
  for (const text of [one.id, one.id.slice(-8), workflowId.slice(-8)])
    expect((await desk.approval(text)).id).toBe(one.id);
  await ask('Begin it twice');
  await expect(desk.approval(workflowId)).rejects.toMatchObject({ code: 'input.unknown_id' });
  await expect(desk.approval('ffff')).rejects.toMatchObject({ code: 'input.unknown_id' });
  expect((await desk.approvals({ limit: 1 })).next).not.toBeNull();
});

test('a decision is about what was seen, tells who decided, and changes nothing when it is repeated', async () => {
  const { desk, store, workflowId, ask } = await houseThatAsks();
  const { id, actionHash } = await ask('Begin it');
  const other = 'f'.repeat(64);
  await expect(desk.decide(id, { decision: 'approve', actionHash: other })).rejects.toMatchObject({
    code: 'approval.changed',
  });
  await expect(desk.decide(id, { decision: 'deny', actionHash })).rejects.toMatchObject({ code: 'input.invalid' });
  const yes = { decision: 'approve', actionHash, by: 'ada@here' } as const;
  expect(await desk.decide(workflowId, yes)).toMatchObject({ state: 'approved', decidedBy: 'human/ada@here' });
  expect((await desk.decide(id, yes)).state).toBe('approved');
  await expect(desk.decide(id, { decision: 'deny', actionHash, reason: 'no' })).rejects.toMatchObject({
    code: 'approval.decided',
    message: expect.stringContaining('approved by human/ada@here') as string,
    details: { state: 'approved', decidedBy: 'human/ada@here', decidedOn: null },
  });
  expect((await desk.approvals()).items).toEqual([]);
  expect((await desk.approvals({ state: 'all', workflow: workflowId })).items).toHaveLength(1);
  const told = (await store.events({ stream: streams.approval(id), limit: 10 })).events;
  expect(told.map(({ type }) => type)).toEqual(['approval.requested', 'approval.decided']);
  expect((await store.verify()).filter((it) => it.status === 'broken')).toEqual([]);
});

test('what cannot be taken back is agreed to by whom it names, who types the branch; anybody may stop it', async () => {
  const { desk, move, workflowId, ask } = await houseThatAsks();
  const askAda = async () => {
    const asked = await ask('Merge it', { tier: 'T3' });
    const data = { approvalId: asked.id, actionHash: asked.actionHash, to: 'ada' };
    await move(workflowId, { type: 'approval.assigned', stream: streams.approval(asked.id), data });
    return asked;
  };
  const { id, actionHash } = await askAda();
  const yes = { decision: 'approve', actionHash } as const;
  const refusals = [
    [{ ...yes, by: 'bob@here', confirm: 'hive/x' }, 'auth.forbidden', /only ada may agree to it; this is bob@here/],
    [{ ...yes, by: 'adalbert', confirm: 'hive/x' }, 'auth.forbidden', /only ada/],
    [{ ...yes, confirm: 'hive/x' }, 'auth.forbidden', /this is owner/],
    [{ ...yes, by: 'ada@here' }, 'input.invalid', /the branch that it ends on, hive\/x/],
    [{ ...yes, by: 'ada@here', confirm: 'yes' }, 'input.invalid', /confirm it/],
  ] as const;
  for (const [request, code, said] of refusals)
    await expect(desk.decide(id, request)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(said) as string,
    });
  expect(await desk.decide(id, { ...yes, by: 'ada@here', confirm: 'hive/x' })).toMatchObject({ state: 'approved' });
  const nobody = await ask('Merge it', { tier: 'T3' });
  const agreed = { ...yes, actionHash: nobody.actionHash, by: 'ada', confirm: 'hive/x' };
  await expect(desk.decide(nobody.id, agreed)).rejects.toMatchObject({ code: 'auth.forbidden' });
  const stopped = { decision: 'deny', actionHash: nobody.actionHash, reason: 'no', by: 'bob' } as const;
  expect(await desk.decide(nobody.id, stopped)).toMatchObject({ state: 'denied' });
});

test('nobody decides too late, and no agent decides at all', async () => {
  const { store, artefacts, config, desk, ask } = await houseThatAsks();
  const over = await ask('Begin it', { expiresAt: new Date(Date.now() - 1000).toISOString() });
  const yes = { decision: 'approve', actionHash: over.actionHash } as const;
  await expect(desk.decide(over.id, yes)).rejects.toMatchObject({ code: 'approval.expired' });
  const open = await ask('Begin it');
  for (const actor of ['planner/planner', 'planner/planner/tools', 'reviewer/reviewer']) {
    const bus = createBus(store, actor);
    const theirs = createDesk({ bus, artefacts, config });
    const asked = theirs.decide(open.id, { ...yes, actionHash: open.actionHash });
    await expect(asked).rejects.toMatchObject({ code: 'auth.forbidden' });
    bus.close();
  }
  expect((await desk.approval(open.id)).state).toBe('open');
});

test('an answer from a device is recorded once under its key, names the device, and is the same answer when all is over', async () => {
  const { desk, store, move, workflowId, ask } = await houseThatAsks();
  const { id, actionHash } = await ask('Begin it');
  const yes = { decision: 'approve', actionHash } as const;
  const options = { key: 'tap-1', device: '1a2b3c4d5e6f' };
  // From two tabs and a worker at the same moment.
  const answers = await Promise.all([1, 2, 3].map(() => desk.decide(id, yes, options)));
  expect(answers.map(({ state, decidedOn }) => [state, decidedOn])).toEqual(
    Array.from({ length: 3 }, () => ['approved', '1a2b3c4d5e6f']),
  );
  const told = (await store.events({ stream: streams.approval(id), limit: 10 })).events;
  expect(told.filter(({ type }) => type === 'approval.decided')).toHaveLength(1);
  // What was approved is withdrawn unused; the phone, which never got its answer, asks once more.
  const over = { approvalId: id, actionHash, reason: 'The workflow was cancelled' };
  await move(workflowId, { type: 'approval.expired', stream: streams.approval(id), data: over });
  expect(await desk.decide(id, yes, options)).toMatchObject({ state: 'expired', decidedOn: '1a2b3c4d5e6f' });
  await expect(desk.decide(id, yes, { key: 'tap-2' })).rejects.toMatchObject({ code: 'approval.decided' });
});

test('what nobody decided in time is told apart from what has changed', async () => {
  const { desk, move, workflowId, ask } = await houseThatAsks();
  const [late, changed] = [
    await ask('Begin it', { expiresAt: new Date(Date.now() - 1000).toISOString() }),
    await ask('Begin'),
  ];
  const end = (approval: { id: string; actionHash: string }, more: object = {}) =>
    move(workflowId, {
      type: 'approval.expired',
      stream: streams.approval(approval.id),
      data: { approvalId: approval.id, actionHash: approval.actionHash, ...more },
    });
  await end(late);
  await end(changed, { reason: 'There is another change now' });
  for (const [{ id, actionHash }, code] of [
    [late, 'approval.expired'],
    [changed, 'approval.changed'],
  ] as const)
    await expect(desk.decide(id, { decision: 'approve', actionHash })).rejects.toMatchObject({ code });
});
