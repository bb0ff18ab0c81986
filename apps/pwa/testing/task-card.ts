import type { TaskCard } from '@hive/events';

/** A card of the board; whatever no test asks for is filled in. */
export const card = (id: string, state: TaskCard['state'], more: Partial<TaskCard> = {}): TaskCard => ({
  ...{
    id,
    workflowId: 'w',
    goal: 'Dates',
    key: `key-${id}`,
    title: `Title ${id}`,
    state,
    status: 'ready',
    kind: 'change',
  },
  ...{ author: 'human', priority: 0, code: null, reason: null, attempts: 0, rescues: 0, agent: null, blockedBy: [] },
  ...{ createdAt: '2026-01-01T00:00:00.000Z', changedAt: '2026-01-01T00:00:00.000Z' },
  ...more,
});
