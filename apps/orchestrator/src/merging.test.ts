import type { Evidence, HiveEvent } from '@hive/events';
import type { NewStep } from '@hive/bus';
import { expect, test } from 'vitest';
import { decide } from './decide.ts';
import { evolve, initialState, type State } from './state.ts';

const sha = '1'.repeat(40);
const keys = ['a', 'b', 'c', 'd'];

type Told = readonly ['approve' | 'merge', string];

/** A running workflow, whose changes were checked on walnut, and are approved and merged by what is told. Answers the merges that are asked for. */
const merges = (policy: object, ...told: readonly Told[]): readonly NewStep[] => {
  let state: State = initialState();
  const asked: NewStep[] = [];
  let count = 0;
  const tell = (type: string, stream: string, data: object): void => {
    const event = { id: `e${++count}`, type, stream, data, at: '', correlationId: 'w' } as unknown as HiveEvent;
    state = evolve(state, event);
    for (const { step } of decide(state, event, { plan: [], calls: [] })) if (step?.kind === 'merge') asked.push(step);
  };
  const submission = { workflowId: 'w', branch: 'hive/x', repo: '/r', base: sha, checks: [], policy };
  tell('workflow.submitted', 'workflow/w', submission);
  tell('workflow.plan_generated', 'workflow/w', { tasks: keys.map((id) => ({ id, key: id, needs: [] })) });
  tell('workflow.started', 'workflow/w', { tasks: keys.length });
  const evidence = { checkedBy: { agent: 'w2', host: 'walnut' } } as Evidence;
  for (const id of keys) {
    const of = (step: string) => ({ taskId: id, step, attempt: 1, token: 1, agent: 'w1' });
    const spec = { id, key: id, needs: [], priority: id === 'd' ? 1 : 0, author: 'human', capabilities: [] };
    tell('task.created', `task/${id}`, { taskId: id, workflowId: 'w', spec });
    tell('task.ready', `task/${id}`, { taskId: id });
    tell('task.claimed', `task/${id}`, of('work'));
    tell('task.submitted', `task/${id}`, { ...of('work'), author: 'human', base: sha, commit: sha, patch: '' });
    tell('task.checked', `task/${id}`, { ...of('check'), evidence, verdict: { code: null, findings: [] } });
  }
  for (const [what, taskId] of told)
    if (what === 'merge') tell('task.merged', `task/${taskId}`, { taskId, step: 'merge', token: 1, commit: sha });
    else
      tell('task.review_completed', `task/${taskId}`, {
        ...{ taskId, step: 'review', token: 1, decision: 'approve', remaining: 0, findings: [] },
        reviewer: { agent: 'r', kind: 'rules' },
      });
  return asked;
};

/** What goes in with the lead of each merge. */
const turns = (merge: object, ...told: readonly Told[]) =>
  merges({ merge }, ...told).map((step) => [step.taskId ?? '', ...(step.with ?? [])]);

const approved = ['b', 'a', 'c', 'd'].map((id) => ['approve', id] as const);

test('what is approved when the turn of a change comes may go in with it, in the same order and as many as the policy says', () => {
  const told = [...approved, ['merge', 'b']] as const;
  expect(turns({}, ...told)).toEqual([['b'], ['d', 'a', 'c']]);
  expect(turns({ batch: 2 }, ...told)).toEqual([['b'], ['d', 'a']]);
  expect(turns({ batch: 1 }, ...told)).toEqual([['b'], ['d']]);
});

test('changes that went in with another have no turn of their own any more', () => {
  const told = [...approved, ['merge', 'b'], ['merge', 'a'], ['merge', 'c']] as const;
  expect(turns({}, ...told, ['merge', 'd'])).toEqual([['b'], ['d', 'a', 'c']]);
});

test('a second opinion avoids the machine that checked first, or rules it out, as the policy has it', () => {
  const [first] = merges({ proof: { secondOpinion: 'always' } }, ...approved);
  expect(first).toMatchObject({ avoidAgent: 'host:walnut', capabilities: [] });
  const [other] = merges({ proof: { secondOpinion: 'always', otherHost: 'require' } }, ...approved);
  expect(other).toMatchObject({ avoidAgent: null, capabilities: ['!host:walnut'] });
  // A person's change has none by default.
  expect(merges({ proof: { otherHost: 'require' } }, ...approved)[0]).toMatchObject({
    avoidAgent: null,
    capabilities: [],
  });
});
