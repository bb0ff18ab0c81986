import type { Bus, Claim } from '@hive/bus';
import type { Code } from '@hive/errors';
import { streams, type Evidence, type NewEvent, type Step, type TaskView } from '@hive/events';

/** What a hand has in front of it. */
export type InHand = {
  readonly claim: Claim;
  readonly task: TaskView;
  readonly bus: Bus;
  readonly settle: () => Promise<void>;
};

/** One way to deal with a step. */
export type Act = (inHand: InHand) => Promise<unknown>;

const sha = (digit: string) => digit.repeat(40);
const patch = 'a'.repeat(64);

const mark = ({ step }: Claim) => ({ step: step.kind, attempt: step.attempt, token: step.token });

const evidence = (task: TaskView, greenAfter = true): Evidence => ({
  base: sha('1'),
  head: sha('2'),
  tree: sha('3'),
  patch,
  author: task.author ?? 'human',
  commands: [],
  redBefore: 'red',
  greenAfter,
  checkedBy: { agent: 'worker-2', host: 'host-1' },
  sandbox: 'none',
  at: '2026-01-01T00:00:00.000Z',
});

const end =
  (events: (inHand: InHand) => readonly NewEvent[]): Act =>
  (inHand) =>
    inHand.bus.queue.finish(inHand.claim, events(inHand));

const of = ({ claim, task }: InHand) => ({ taskId: task.id, ...mark(claim) });
const stream = ({ task }: InHand) => streams.task(task.id);

/** The work is done: a change by this author. */
export const submits = (author = 'human'): Act =>
  end((it) => [
    {
      type: 'task.submitted',
      stream: stream(it),
      data: { ...of(it), base: sha('1'), commit: sha('2'), patch, author, agent: 'worker-1' },
    },
  ]);

/** The work was a command that left no diff. */
export const completes: Act = end((it) => [
  { type: 'task.completed', stream: stream(it), data: { ...of(it), evidence: evidence(it.task) } },
]);

/** The work was refused at once, e.g. because its patch does not apply. */
export const refuses = (code: Code): Act =>
  end((it) => [{ type: 'task.refused', stream: stream(it), data: { ...of(it), code, reason: `refused: ${code}` } }]);

export const checks = (code: Code | null = null): Act =>
  end((it) => [
    {
      type: 'task.checked',
      stream: stream(it),
      data: {
        ...of(it),
        evidence: evidence(it.task, code === null),
        verdict: { code, reason: code, findings: code === null ? [] : [{ rule: 'check', message: 'npm test is red' }] },
      },
    },
  ]);

/** A verdict; with several reviewers `remaining` are still to come. */
export const reviews = (decision: 'approve' | 'return' | 'escalate' = 'approve', more: readonly string[] = []): Act =>
  end((it) =>
    ['reviewer', ...more].map((agent, index) => ({
      type: 'task.review_completed',
      stream: stream(it),
      data: {
        ...of(it),
        decision,
        reviewer:
          index === 0 ? { agent, kind: 'rules' as const } : { agent, kind: 'model' as const, model: 'double:m' },
        findings: decision === 'approve' ? [] : [{ rule: 'model', message: 'it proves nothing' }],
        remaining: more.length - index,
      },
    })),
  );

const branchOf = (it: InHand) => ({
  workflowId: it.task.workflowId,
  branch: `hive/a-goal-${it.task.workflowId.slice(-8)}`,
});
const mergeStream = (it: InHand) => streams.merge('repo', branchOf(it).branch);
const ofMerge = (it: InHand) => {
  const { attempt, token } = mark(it.claim);
  return { taskId: it.task.id, ...branchOf(it), attempt, token };
};

const intends: Act = (it) => {
  const { approval, id } = it.task;
  const agreed = approval && { approvalId: approval.id, actionHash: approval.actionHash };
  return it.bus.queue.note(it.claim, [
    {
      type: 'merge.intended',
      stream: mergeStream(it),
      data: { ...ofMerge(it), from: null, to: sha('4'), evidence: evidence(it.task), ...agreed },
    },
    ...(agreed
      ? [
          {
            type: 'approval.consumed' as const,
            stream: streams.approval(agreed.approvalId),
            data: { ...agreed, by: id },
          },
        ]
      : []),
  ]);
};

/** The branch was moved: intent and outcome, as the reviewer records them. */
export const merges: Act = async (it) => {
  await intends(it);
  await end(() => [
    {
      type: 'merge.completed',
      stream: mergeStream(it),
      data: { ...ofMerge(it), commit: sha('4'), evidence: evidence(it.task), into: null },
    },
    {
      type: 'task.merged',
      stream: stream(it),
      data: { ...of(it), commit: sha('4'), evidence: evidence(it.task) },
    },
  ])(it);
};

/** The change does not fit on the branch any more. */
export const conflicts: Act = async (it) => {
  await intends(it);
  const ended = { code: 'patch.conflict', reason: 'a.txt conflicts' } as const;
  await end(() => [
    { type: 'merge.rejected', stream: mergeStream(it), data: { ...ofMerge(it), ...ended, culprit: it.task.id } },
    { type: 'task.refused', stream: stream(it), data: { ...of(it), ...ended } },
  ])(it);
};

/** The attempt failed; it comes again unless no attempt is left, or `retry` is false. */
export const fails =
  (code: Code, { retry = true, elsewhere = false } = {}): Act =>
  ({ bus, claim }) =>
    bus.queue.fail(claim, { code, reason: `failed: ${code}`, retry, elsewhere });

export const snoozes =
  (reason = 'the window is used up'): Act =>
  ({ bus, claim }) =>
    bus.queue.snooze(claim, 30, reason);

/** The process dies: nobody says anything, and the lease runs out. */
export const vanishes: Act = () => Promise.resolve();

/** Something happens while the step is in hand; what it then answers comes too late or not. */
export const meanwhile =
  (happens: (it: InHand) => Promise<unknown>, then: Act): Act =>
  async (it) => {
    await happens(it);
    await it.settle();
    await then(it);
  };

/** A model was asked, and the call is recorded. */
export const asks =
  (then: Act, outcome: 'ok' | Code = 'ok'): Act =>
  async (it) => {
    const callId = it.claim.eventId;
    await it.bus.queue.note(it.claim, [
      {
        type: 'model.called',
        stream: streams.call(callId),
        data: {
          ...{ callId, taskId: it.task.id, provider: 'double', model: 'double:m', role: 'worker', box: null },
          ...{ destination: '127.0.0.1:1', outcome, input: 900, output: 120, cached: 0, costUsd: 0 },
          ...{
            firstTokenMs: 20,
            totalMs: 300,
            tokensPerS: 400,
            source: 'live',
            prompt: patch,
            reply: outcome === 'ok' ? patch : null,
          },
        },
      },
    ]);
    await then(it);
  };

/** How each kind of step ends when all goes well. */
export const usual: Readonly<Record<Step, Act>> = {
  plan: vanishes,
  work: (it) => (it.task.spec.kind === 'command' ? completes : submits(it.task.spec.author ?? 'double:m'))(it),
  check: checks(),
  review: reviews(),
  merge: merges,
};
