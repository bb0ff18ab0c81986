import type { Store } from '@hive/core-db';
import { streams, type PlannedTask, type Submission } from '@hive/events';
import { newId } from '../ids.ts';
import type { NewStep } from '../new-step.ts';
import { record } from '../record.ts';

/** What a test hands in where nobody cares what it says. */
export const sampleSubmission = (workflowId: string): Submission => ({
  workflowId,
  goal: 'test',
  repo: '/repo',
  base: '1'.repeat(40),
  branch: 'hive/test',
  into: null,
  checks: [],
  setup: null,
  source: 'model',
  plan: null,
  model: null,
  localOnly: false,
  budget: null,
  redBefore: 'needed',
  passEnv: [],
  example: false,
});

const specOf = (id: string): PlannedTask => ({
  id,
  key: 'a',
  title: 'A',
  needs: [],
  kind: 'change',
  author: 'human',
  checks: [],
  redBefore: 'needed',
  capabilities: [],
  priority: 0,
  timeoutS: 60,
});

/** The work on a task, for anyone. */
export const sampleStep = (of: Pick<NewStep, 'taskId' | 'workflowId'>, more: Partial<NewStep> = {}): NewStep => ({
  id: newId(),
  kind: 'work',
  ...of,
  capabilities: [],
  priority: 0,
  maxAttempts: 2,
  onlyAgent: null,
  avoidAgent: null,
  because: 'test',
  ...more,
});

type Made = { readonly taskId: string; readonly workflowId: string };

/** A ready task with its work in the queue, made as the queen makes them. */
export const enqueueTask = (store: Store, { workflowId = newId(), ...more }: Partial<NewStep> = {}): Promise<Made> =>
  makeTask(store, workflowId, (of) => ({ step: sampleStep(of, more) }));

/** A ready task that has never had a step. */
export const restingTask = (store: Store): Promise<Made> => makeTask(store, newId(), () => ({}));

const makeTask = async (
  store: Store,
  workflowId: string,
  more: (of: Made) => { readonly step?: NewStep },
): Promise<Made> => {
  const taskId = newId();
  const stream = streams.task(taskId);
  await record(store, {
    streams: [stream],
    onRefused: 'throw',
    plan: () => ({
      moves: [
        {
          events: [
            { type: 'task.created', stream, data: { taskId, workflowId, spec: specOf(taskId) } },
            { type: 'task.ready', stream, data: { taskId } },
          ],
          ...more({ taskId, workflowId }),
        },
      ],
      stamp: { correlationId: workflowId, causationId: null, actor: 'test/queen' },
    }),
  });
  return { taskId, workflowId };
};
