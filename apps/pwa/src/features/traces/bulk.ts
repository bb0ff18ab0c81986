import type { TraceSummary } from '@hive/events';
import type { RoomDesk } from '../../data/desk.ts';
import { askFirst } from '../../ui/ask-first.ts';
import { count } from '../../ui/duration.ts';
import { errorWords } from '../../ui/error-words.ts';
import type { Outcome } from '../../ui/hive-outcomes.ts';

/** What can be done with several workflows at once. */
export type BulkVerb = 'cancel' | 'pause' | 'resume' | 'retry';

type Acting = Pick<RoomDesk, 'cancel' | 'pause' | 'resume' | 'retry' | 'tasks'>;

const ended = new Set(['refused', 'failed', 'infra', 'blocked', 'cancelled', 'waiting']);
const past: Readonly<Record<BulkVerb, string>> = {
  cancel: 'cancelled',
  pause: 'paused',
  resume: 'goes on',
  retry: 'tried again',
};
const asks: Readonly<Record<BulkVerb, { readonly verb: string; readonly said: string }>> = {
  cancel: { verb: 'Cancel', said: 'What is open of them is given up. What was merged stays.' },
  pause: { verb: 'Pause', said: 'No step of them is begun until they are resumed; what runs may end.' },
  resume: { verb: 'Resume', said: 'Work on them goes on.' },
  retry: { verb: 'Retry', said: 'Their tasks that ended badly or wait are tried again.' },
};

/**
 * Tries again what ended badly of a workflow; a blocked task is redriven with the one that it needs, and by itself where none of these can be tried again. Answers what was done.
 */
const retryTasks = async (desk: Acting, id: string, key: string): Promise<string> => {
  const { items } = await desk.tasks({ workflow: id, limit: 500 });
  const due = items.filter(({ status }) => ended.has(status));
  if (due.length === 0) throw new Error('No task of it ended badly or waits');
  let refusal: unknown;
  for (const isBlocked of [false, true]) {
    let tried = 0;
    for (const { id: task, status } of due) {
      if ((status === 'blocked') !== isBlocked) continue;
      await desk.retry(task, { key: `${key} ${task}` }).then(
        () => (tried += 1),
        (error: unknown) => (refusal ??= error),
      );
    }
    if (tried > 0) return `${count(tried, 'task')} tried again`;
  }
  throw refusal;
};

/**
 * Asks first, then does it to one after the other, each under a key of its own. Null: it was not wanted. What is refused stops nothing: every one
 * has its outcome.
 */
export const doToAll = async (
  desk: Acting,
  verb: BulkVerb,
  traces: readonly TraceSummary[],
  ask: typeof askFirst = askFirst,
): Promise<readonly Outcome[] | null> => {
  const many = count(traces.length, 'workflow');
  const { verb: name, said } = asks[verb];
  const tone = verb === 'cancel' ? ('danger' as const) : ('plain' as const);
  const answer = await ask({ heading: `${name} ${many}?`, said, action: `${name} ${many}`, tone });
  if (answer === null) return null;
  const outcomes: Outcome[] = [];
  for (const trace of traces) {
    const id = trace.correlationId;
    const of = trace.goal ?? id;
    const key = crypto.randomUUID();
    try {
      if (verb === 'retry') outcomes.push({ of, state: 'done', said: await retryTasks(desk, id, key) });
      else {
        await (verb === 'cancel' ? desk.cancel(id, { key }) : desk[verb](id, {}, { key }));
        outcomes.push({ of, state: 'done', said: past[verb] });
      }
    } catch (error) {
      outcomes.push({ of, state: 'refused', said: errorWords(error).said });
    }
  }
  return outcomes;
};
