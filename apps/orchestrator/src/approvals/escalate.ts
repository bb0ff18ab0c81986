import { beginningOf } from '@hive/errors';
import { streams, type EventOf, type HiveEvent, type NewEvent, type TaskView } from '@hive/events';
import type { Known } from '../decide.ts';
import type { State } from '../state.ts';
import { taskDocument } from './document.ts';
import type { Because } from './gates.ts';
import { ask, rulesOf, type Decided } from './request.ts';

type Escalation = { readonly because: Because; readonly reason: string; readonly known: Known };

/** The task waits for a person, and the person is asked. */
export const escalate = (
  state: State,
  event: HiveEvent,
  task: TaskView,
  { because, reason, known }: Escalation,
): readonly Decided[] => {
  const request = requestAbout(state, event, task, { because, known }, (approvalId) => ({
    type: 'task.escalated',
    stream: streams.task(task.id),
    data: { taskId: task.id, reason: beginningOf(reason, 4000), approvalId },
  }));
  return request ? [request] : [];
};

/** An author or the merge asks by itself: then the task waits already. */
export const afterEscalation = (state: State, event: EventOf<'task.escalated'>, known: Known): readonly Decided[] => {
  const task = state.tasks.get(event.data.taskId);
  const by = event.data.step === 'work' ? ('author' as const) : ('platform' as const);
  const because: Because = [{ by, rule: 'escalation', text: beginningOf(event.data.reason, 4000) }];
  const request = task && requestAbout(state, event, task, { because, known });
  return request ? [request] : [];
};

const requestAbout = (
  { workflow }: State,
  event: HiveEvent,
  task: TaskView,
  { because, known }: Omit<Escalation, 'reason'>,
  before?: (approvalId: string) => NewEvent,
): Decided | null =>
  workflow &&
  ask(event, taskDocument(workflow.submission, task, { because, files: known.files ?? null }), {
    rules: rulesOf(workflow.submission),
    proposer: `worker/${task.agents['work'] ?? ''}`,
    ...(before && { before }),
  });
