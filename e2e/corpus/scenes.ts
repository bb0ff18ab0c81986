import { derivedId } from '@hive/bus';
import type { PlannedTask } from '@hive/events';
import {
  asks,
  checks,
  conflicts,
  fails,
  meanwhile,
  refuses,
  reviews,
  snoozes,
  submits,
  vanishes,
  type Act,
} from './acts.ts';
import type { Stage } from './stage.ts';

/** A story that is worth remembering: what somebody wants, and what the hands, and people, do on the way. Answers the workflow. */
export type Scene = { readonly says: string; readonly act: (stage: Stage) => Promise<string> };

const seed = '01990000-0000-7000-8000-000000000001';
let made = 0;

/** A plan; needs are named by key. Each call makes ids of its own. */
const planOf = (
  ...tasks: (Omit<Partial<PlannedTask>, 'needs'> & { readonly key: string; readonly needs?: string[] })[]
) => {
  const run = ++made;
  const idOf = (key: string) => derivedId(seed, `plan ${run} ${key}`);
  return tasks.map(({ needs = [], ...task }): PlannedTask => ({
    id: idOf(task.key),
    title: `Task ${task.key}`,
    needs: needs.map(idOf),
    kind: 'change',
    author: 'human',
    checks: [],
    redBefore: 'needed',
    capabilities: [],
    priority: 0,
    timeoutS: 600,
    ...task,
  }));
};
type Plan = ReturnType<typeof planOf>;

const model = { author: null };
const double = submits('double:m');
const times = (count: number, act: Act): Act[] => Array.from({ length: count }, () => act);

/** A person answers what is asked about a workflow. */
const answered =
  (decision: 'approve' | 'deny') =>
  async ({ desk }: Stage, workflow: string): Promise<void> => {
    const { items } = await desk.approvals({ workflow });
    for (const { id, actionHash } of items) await desk.decide(id, { decision, actionHash, reason: 'I looked at it' });
  };

/** Plays a plan to its end. */
const played =
  (plan: () => Plan, script: Parameters<Stage['play']>[0] = {}) =>
  async (stage: Stage): Promise<string> => {
    const workflow = await stage.submit(plan());
    await stage.play(script);
    return workflow;
  };

/** Plays, lets a person do something, and plays on. */
const decided =
  (
    plan: () => Plan,
    before: Parameters<Stage['play']>,
    person: (stage: Stage, workflow: string, idOf: (key: string) => string) => Promise<unknown>,
    after: Parameters<Stage['play']>[0] = {},
  ) =>
  async (stage: Stage): Promise<string> => {
    const tasks = plan();
    const workflow = await stage.submit(tasks);
    await stage.play(...before);
    await person(stage, workflow, (key) => tasks.find((it) => it.key === key)?.id ?? '');
    await stage.play(after);
    return workflow;
  };

const one = () => planOf({ key: 'a' });
const byModel = () => planOf({ key: 'a', ...model });
const chain = () => planOf({ key: 'a' }, { key: 'b', needs: ['a'] }, { key: 'c', needs: ['b'] });
const diamond = () =>
  planOf({ key: 'a' }, { key: 'b', needs: ['a'] }, { key: 'c', needs: ['a'] }, { key: 'd', needs: ['b', 'c'] });

/** Stories whose work is played; the queen, the planner, the queue and the store are the real ones. */
export const playedScenes: Readonly<Record<string, Scene>> = {
  'one-change': { says: 'one change of a person is merged', act: played(one) },
  'three-in-a-row': { says: 'each task begins when the one before it is merged', act: played(chain) },
  'two-branches-meet': { says: 'a task waits for two others', act: played(diamond) },
  'four-at-once': {
    says: 'four changes are merged one after the other',
    act: played(() => planOf({ key: 'a' }, { key: 'b' }, { key: 'c' }, { key: 'd' })),
  },
  'important-first': {
    says: 'an approved change of a higher priority is merged before its neighbours',
    act: played(() => planOf({ key: 'a' }, { key: 'b' }, { key: 'c', priority: 50 })),
  },
  'command-without-diff': {
    says: 'a command that leaves no diff completes its task',
    act: played(() => planOf({ key: 'a', kind: 'command', run: ['npm', 'run', 'fix'], author: 'tool' })),
  },
  'command-then-change': {
    says: 'a change waits for a command',
    act: played(() => planOf({ key: 'a', kind: 'command', run: ['true'], author: 'tool' }, { key: 'b', needs: ['a'] })),
  },
  'model-at-first-go': {
    says: 'a model writes a change that is merged',
    act: played(byModel, { 'a work': [asks(double)] }),
  },
  'model-two-reviewers': {
    says: 'rules and a model approve',
    act: played(byModel, { 'a review': [reviews('approve', ['reviewer-model'])] }),
  },
  'returned-once': {
    says: 'a red change returns to its model, and the next one is merged',
    act: played(byModel, { 'a check': [checks('checks.red')], 'a review': [reviews('return')] }),
  },
  'returned-until-refused': {
    says: 'a model is asked again three times, then its change is refused',
    act: played(byModel, { 'a check': times(4, checks('checks.red')), 'a review': times(4, reviews('return')) }),
  },
  'rejected-by-review': {
    says: 'a reviewer does not want the change of a person',
    act: played(one, { 'a review': [reviews('return')] }),
  },
  'red-change-of-a-person': {
    says: 'the change of a person with red checks is refused at once',
    act: played(one, { 'a check': [checks('checks.red')] }),
  },
  'no-proof': {
    says: 'a change that no check was red without is refused',
    act: played(one, { 'a check': [checks('evidence.not_red')] }),
  },
  'patch-does-not-apply': {
    says: 'a patch does not apply',
    act: played(one, { 'a work': [refuses('patch.conflict')] }),
  },
  'outside-of-its-paths': {
    says: 'a change touches what it may not',
    act: played(one, { 'a work': [refuses('paths.outside')] }),
  },
  'conflict-at-the-merge': {
    says: 'of two changes of one line the second is refused at the merge',
    act: played(() => planOf({ key: 'a' }, { key: 'b' }), { 'b merge': [conflicts] }),
  },
  'blocked-behind-a-refusal': {
    says: 'what needs a refused task is blocked, through two steps',
    act: played(chain, { 'a check': [checks('checks.red')] }),
  },
  'blocked-in-a-diamond': {
    says: 'one bad need is enough to block',
    act: played(diamond, { 'b check': [checks('checks.red')] }),
  },
  'neighbour-of-a-refusal': {
    says: 'what does not need the refused task goes on',
    act: played(() => planOf({ key: 'a' }, { key: 'b', needs: ['a'] }, { key: 'c' }), {
      'a check': [checks('checks.red')],
    }),
  },
  'attempt-again': { says: 'the second attempt succeeds', act: played(one, { 'a work': [fails('infra.git')] }) },
  'attempts-used-up': {
    says: 'a task fails when no attempt is left',
    act: played(one, { 'a work': times(3, fails('run.failed')) }),
  },
  'attempt-without-another': {
    says: 'an error that does not get better ends the task at once',
    act: played(one, { 'a work': [fails('model.auth', { retry: false })] }),
  },
  'check-elsewhere': {
    says: 'a check that could not run is tried again elsewhere',
    act: played(one, { 'a check': [fails('check.not_found', { elsewhere: true })] }),
  },
  'check-never-runs': {
    says: 'a check that cannot run is the environment’s fault',
    act: played(one, { 'a check': times(2, fails('check.timeout')) }),
  },
  'setup-fails': {
    says: 'the setup fails, and what needs the task is blocked',
    act: played(() => planOf({ key: 'a' }, { key: 'b', needs: ['a'] }), {
      'a check': times(2, fails('setup.failed')),
    }),
  },
  'reviewer-times-out': {
    says: 'a reviewer’s call fails, then it approves',
    act: played(one, { 'a review': [fails('model.timeout')] }),
  },
  'merge-again': { says: 'a merge fails and succeeds', act: played(one, { 'a merge': [fails('infra.git')] }) },
  'worker-killed': {
    says: 'a worker dies at its work, and another does it',
    act: played(one, { 'a work': [vanishes] }),
  },
  'checker-killed': { says: 'a worker dies while it checks', act: played(one, { 'a check': [vanishes] }) },
  'reviewer-killed': { says: 'a reviewer dies', act: played(one, { 'a review': [vanishes] }) },
  'merger-killed': { says: 'a reviewer dies in the middle of a merge', act: played(one, { 'a merge': [vanishes] }) },
  'killed-everywhere': {
    says: 'every step of a task loses its first holder',
    act: played(one, { 'a work': [vanishes], 'a check': [vanishes], 'a review': [vanishes], 'a merge': [vanishes] }),
  },
  'kills-its-worker': {
    says: 'a task whose holders all die becomes a dead letter',
    act: played(one, { 'a work': times(6, vanishes) }),
  },
  'kills-its-checker': {
    says: 'a check that kills becomes a dead letter, and what needs it is blocked',
    act: played(() => planOf({ key: 'a' }, { key: 'b', needs: ['a'] }), { 'a check': times(6, vanishes) }),
  },
  'limit-reached': {
    says: 'a model’s window is used up, and the work goes on later',
    act: played(byModel, { 'a work': [asks(snoozes(), 'model.window_exhausted'), asks(double)] }),
  },
  'limit-twice-then-failure': {
    says: 'waiting costs no attempt, failing does',
    act: played(byModel, { 'a work': [snoozes(), snoozes(), fails('model.overloaded'), double] }),
  },
  'budget-exhausted': {
    says: 'the budget ends the work',
    act: played(() => planOf({ key: 'a', ...model }, { key: 'b', ...model, needs: ['a'] }), {
      'a work': [asks(fails('budget.exhausted', { retry: false }))],
    }),
  },
  'bad-output': {
    says: 'a model gives prose three times',
    act: played(byModel, { 'a work': times(3, asks(fails('model.bad_output'), 'model.bad_output')) }),
  },
  'escalated-and-returned': {
    says: 'a person sends an escalated change back with a note',
    act: decided(byModel, [{ 'a review': [reviews('escalate')] }], (stage, _, idOf) =>
      stage.desk.retry(idOf('a'), { note: 'use the other file' }),
    ),
  },
  'escalated-and-cancelled': {
    says: 'a person gives up on an escalated change',
    act: decided(byModel, [{ 'a review': [reviews('escalate')] }], (stage, _, idOf) =>
      stage.desk.cancelTask(idOf('a')),
    ),
  },
  'escalated-and-approved': {
    says: 'a person agrees to an escalated change, and it is merged',
    act: decided(byModel, [{ 'a review': [reviews('escalate')] }], answered('approve')),
  },
  'escalated-and-denied': {
    says: 'a person denies an escalated change',
    act: decided(byModel, [{ 'a review': [reviews('escalate')] }], answered('deny')),
  },
  'escalated-and-undecided': {
    says: 'nobody decides about an escalated change in time',
    act: async (stage) => {
      const workflow = await stage.submit(byModel(), { policy: { approvals: { expiresH: 1 / 3600 } } });
      await stage.play({ 'a review': [reviews('escalate')] });
      await stage.until('it is refused', async () => (await stage.typesOf(workflow)).includes('task.refused'));
      await stage.settle();
      return workflow;
    },
  },
  'plan-approved': {
    says: 'a policy asks a person about a plan, who agrees',
    act: async (stage) => {
      const workflow = await stage.submit(one(), { policy: { approvals: { plan: 'always' } } }, 'approval.requested');
      await answered('approve')(stage, workflow);
      await stage.play();
      return workflow;
    },
  },
  'plan-denied': {
    says: 'a policy asks a person about a plan, who denies it',
    act: async (stage) => {
      const workflow = await stage.submit(one(), { policy: { approvals: { plan: 'always' } } }, 'approval.requested');
      await answered('deny')(stage, workflow);
      await stage.settle();
      return workflow;
    },
  },
  'protected-branch': {
    says: 'a policy protects the branch that is built, so that a person agrees to each merge',
    act: async (stage) => {
      const workflow = await stage.submit(one(), { policy: { approvals: { protected: ['hive/*'], approver: 'ada' } } });
      await stage.play();
      await answered('approve')(stage, workflow);
      await stage.play();
      return workflow;
    },
  },
  'escalated-with-others': {
    says: 'one task waits for a person, its neighbour is merged',
    act: played(() => planOf({ key: 'a', ...model }, { key: 'b' }), { 'a review': [reviews('escalate')] }),
  },
  'cancelled-before-work': {
    says: 'a workflow is cancelled before anyone took a step',
    act: decided(chain, [{}, 0], (stage, workflow) => stage.desk.cancel(workflow)),
  },
  'cancelled-half-way': {
    says: 'a workflow is cancelled when its first task is merged',
    act: decided(chain, [{}, 5], (stage, workflow) => stage.desk.cancel(workflow)),
  },
  'cancelled-in-hand': {
    says: 'a task is cancelled while it is worked on; the answer comes too late',
    act: async (stage) => {
      const plan = chain();
      const workflow = await stage.submit(plan);
      await stage.play({ 'a work': [meanwhile(() => stage.desk.cancelTask(plan[0]?.id ?? ''), submits())] });
      return workflow;
    },
  },
  'refused-and-redriven': {
    says: 'a refused task is tried again by hand, and what it blocked with it',
    act: decided(chain, [{ 'a check': [checks('checks.red')] }], (stage, _, idOf) => stage.desk.retry(idOf('a'))),
  },
  'failed-and-redriven': {
    says: 'a failed task is tried again by hand',
    act: decided(one, [{ 'a work': times(3, fails('run.failed')) }], (stage, _, idOf) =>
      stage.desk.retry(idOf('a'), { note: 'the disk was full' }),
    ),
  },
  'failed-and-discarded': {
    says: 'a failed task is taken off the list of dead letters, and tried again later all the same',
    act: decided(one, [{ 'a work': times(3, fails('run.failed')) }], async (stage, _, idOf) => {
      await stage.desk.discard({ id: idOf('a') });
      await stage.settle();
      await stage.desk.retry(idOf('a'));
    }),
  },
  'dead-letter-redriven': {
    says: 'a dead letter is tried again by hand',
    act: decided(one, [{ 'a work': times(6, vanishes) }], (stage, _, idOf) => stage.desk.retry(idOf('a'))),
  },
  'redriven-and-refused-again': {
    says: 'the second try by hand ends like the first',
    act: decided(one, [{ 'a check': [checks('checks.red')] }], (stage, _, idOf) => stage.desk.retry(idOf('a')), {
      'a check': [checks('checks.red')],
    }),
  },
  'redriven-behind-a-lost-need': {
    says: 'a task whose need is still lost is blocked again',
    act: decided(
      () => planOf({ key: 'a' }, { key: 'b', needs: ['a'] }),
      [{ 'a check': [checks('checks.red')] }],
      (stage, _, idOf) => stage.desk.retry(idOf('b')),
    ),
  },
  'cancelled-and-redriven': {
    says: 'a task of a cancelled workflow is brought back, and the workflow with it',
    act: decided(one, [{}, 1], async (stage, workflow, idOf) => {
      await stage.desk.cancel(workflow);
      await stage.settle();
      await stage.desk.retry(idOf('a'));
    }),
  },
  'paused-and-resumed': {
    says: 'a workflow rests between two steps',
    act: decided(chain, [{}, 3], async (stage, workflow) => {
      await stage.desk.pause(workflow, { reason: 'lunch' });
      await stage.settle();
      await stage.play();
      await stage.desk.resume(workflow);
    }),
  },
  'paused-in-hand': {
    says: 'a workflow is paused while a step is in hand, which may end',
    act: async (stage) => {
      const workflow = await stage.submit(one());
      await stage.play({ 'a work': [meanwhile(() => stage.desk.pause(workflow), submits())] });
      await stage.desk.resume(workflow);
      await stage.play();
      return workflow;
    },
  },
  'no-plan': {
    says: 'no plan comes about, and the workflow fails',
    act: async (stage) => {
      const workflow = await stage.submit([], { plan: 'b'.repeat(64) });
      await stage.until('the plan has failed', async () => (await stage.typesOf(workflow)).includes('workflow.failed'));
      await stage.settle();
      return workflow;
    },
  },
};
