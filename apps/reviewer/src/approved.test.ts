import { createHash } from 'node:crypto';
import { canonicalJson } from '@hive/core-db';
import { foldApproval, streams, type ApprovalView, type HiveEvent, type Submission, type TaskView } from '@hive/events';
import { expect, test } from 'vitest';
import { isSameChange, leaveToMerge } from './approved.ts';

const id = '01990000-0000-7000-8000-000000000001';
const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
const [base, commit, patch] = ['1'.repeat(40), '2'.repeat(40), 'a'.repeat(64)];
const shown = {
  ...{ kind: 'merge', tier: 'T2', action: 'Merge a by tool into hive/x and main of /repo', because: [] },
  ...{ workflowId: id, taskId: id, repo: '/repo', branch: 'hive/x', into: 'main', author: 'tool', base, commit, patch },
  ...{ files: [{ path: 'a.txt', added: 1, removed: 1 }], commands: [{ what: 'check', argv: ['npm', 'test'] }] },
  ...{ proof: null, budget: { usd: 5 }, plan: null, tasks: [{ key: 'a', title: 'A', author: 'tool' }] },
};
const hashOf = (document: object) => createHash('sha256').update(canonicalJson(document)).digest('hex');

/** What was asked about, as it was agreed to. */
const agreed = (document: object): ApprovalView => {
  const of = { approvalId: id, actionHash: hashOf(document) };
  const about = { taskId: id, workflowId: id, proposer: 'worker/w', action: 'x', expiresAt: at(60), kind: 'merge' };
  const told = [
    { type: 'approval.requested', at: at(0), actor: 'orchestrator/o', data: { ...of, ...about, tier: 'T2', patch } },
    { type: 'approval.decided', at: at(1), actor: 'cli/1', data: { ...of, decision: 'approve', expiresAt: at(90) } },
  ] as unknown as HiveEvent[];
  const view = told.reduce<ApprovalView | null>((before, event) => foldApproval(before, event), null);
  if (!view) throw new Error('nothing was agreed to');
  return view;
};

const leave = (
  document: object,
  {
    view = agreed(document),
    now = at(2),
    task = {},
    submission = {},
    actionHash = hashOf(document),
  }: {
    view?: ApprovalView;
    now?: string;
    task?: object;
    submission?: object;
    actionHash?: string;
  } = {},
) => {
  const stream = streams.approval(id);
  const bytes = Buffer.from(canonicalJson(document));
  const house = {
    bus: { store: { heads: () => Promise.resolve({ heads: new Map([[stream, { view }]]), now }) } },
    artefacts: { get: () => Promise.resolve(bytes) },
  };
  return leaveToMerge(
    { id, commit, patch, approval: { id, actionHash }, ...task } as unknown as TaskView,
    { branch: 'hive/x', into: 'main', ...submission } as unknown as Submission,
    house as unknown as Parameters<typeof leaveToMerge>[2],
  );
};

test('what a person agreed to goes with the intent and is used up; where nobody was asked nothing is', async () => {
  const of = { approvalId: id, actionHash: hashOf(shown) };
  const used = { type: 'approval.consumed', stream: streams.approval(id), data: { ...of, by: id } };
  expect(await leave(shown)).toEqual({ fields: of, events: [used] });
  expect(await leave(shown, { task: { approval: undefined } })).toEqual({ fields: {}, events: [] });
});

test('what is over, used or denied is asked about again', async () => {
  expect(await leave(shown, { now: at(90) })).toHaveProperty('ask');
  for (const state of ['used', 'denied', 'expired', 'open'] as const)
    expect(await leave(shown, { view: { ...agreed(shown), state } })).toHaveProperty('ask');
});

test('an action that was changed in any of 100 ways after a person agreed is not done', async () => {
  const other = (letter: number, length: number) => (letter % 9).toString().repeat(length);
  const changes = Array.from({ length: 100 }, (_, n): { task?: object; submission?: object } => {
    const by = Math.floor(n / 5) + 3;
    switch (n % 5) {
      case 0:
        return { task: { patch: hashOf({ n }) } };
      case 1:
        return { task: { commit: `${other(by, 39)}f` } };
      case 2:
        return { submission: { branch: `hive/x${n}` } };
      case 3:
        return { submission: { into: n % 2 ? null : `main${n}` } };
      default:
        return { task: { id: `01990000-0000-7000-8000-0000000001${String(n).padStart(2, '0')}` } };
    }
  });
  const answers = await Promise.all(changes.map((change) => leave(shown, change)));
  expect(answers.filter((it) => 'ask' in it)).toHaveLength(100);
});

test('another document is another action: its hash is not the one that was agreed to', async () => {
  const others = Array.from({ length: 100 }, (_, n) => {
    const keys = Object.keys(shown) as (keyof typeof shown)[];
    return { ...shown, [keys[n % keys.length] ?? 'kind']: `changed ${n}` };
  });
  for (const other of others) expect(await leave(shown, { actionHash: hashOf(other) })).toHaveProperty('ask');
  expect(new Set(others.map(hashOf)).size).toBe(100);
});

test('the same lines at another place are the same change, other lines are not', () => {
  const patchOf = (at: number, line: string, context = ' one') =>
    Buffer.from(`diff --git a/a b/a\nindex 1..2\n--- a/a\n+++ b/a\n@@ -${at} +${at} @@\n${context}\n-two\n+${line}\n`);
  expect(isSameChange(patchOf(1, 'three'), patchOf(9, 'three', ' eight'))).toBe(true);
  expect(isSameChange(patchOf(1, 'three'), patchOf(1, 'four'))).toBe(false);
});
