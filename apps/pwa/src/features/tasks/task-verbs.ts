import type { TaskCard } from '@hive/events';

/** Why a task cannot be tried again now; null when it can. */
export const whyNoRetry = ({ state }: Pick<TaskCard, 'state'>): string | null => {
  if (state === 'merged' || state === 'completed') return 'It is through; a new task can change more';
  if (state === 'reviewed')
    return 'It is approved and queued for its merge; on its page it can be returned with a note';
  return ['waiting', 'refused', 'failed', 'blocked', 'dead_lettered', 'cancelled'].includes(state)
    ? null
    : 'It is still under way';
};

/** Why a task cannot be cancelled now; null when it can. */
export const whyNoCancel = ({ state }: Pick<TaskCard, 'state'>): string | null =>
  ['merged', 'completed', 'refused', 'failed', 'blocked', 'cancelled'].includes(state) ? 'It has ended' : null;

/** What will happen when a task is tried again. */
export const aboutRetry = ({ state, title }: Pick<TaskCard, 'state' | 'title'>): string =>
  state === 'waiting'
    ? `“${title}” goes back to its author with your note, instead of waiting for you.`
    : `“${title}” begins anew with all its attempts, and tasks that it had blocked follow. A workflow that has ended is resumed.`;

/** What will happen when a task is cancelled. */
export const aboutCancel = ({ title }: Pick<TaskCard, 'title'>): string =>
  `“${title}” ends without a merge, and tasks that need it are blocked. It can be retried later.`;
