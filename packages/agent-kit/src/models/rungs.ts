import type { Code } from '@hive/errors';
import type { HiveEvent, Step } from '@hive/events';

/** Answers that were no good. What the environment did, and what is configured wrongly, says nothing about a model. */
const losing: ReadonlySet<string> = new Set<Code>([
  'model.bad_output',
  'model.truncated',
  'model.refused',
  'model.context_full',
  'model.bad_request',
]);

/**
 * How many attempts of a step were lost since it began, or began anew, by what its models answered: the answer could not be used, or the change was
 * returned. `events` are those of its stream, newest first.
 */
export const lossesOf = (events: readonly HiveEvent[], kind: Step): number => {
  let losses = 0;
  for (const event of events) {
    if (event.type === 'task.redriven') break;
    if (event.type === 'task.returned' && kind === 'work') losses += 1;
    if (event.type === 'task.attempt_failed' && event.data.step === kind && losing.has(event.data.code)) losses += 1;
  }
  return losses;
};

/** Which of so many models has its turn after so many lost attempts, when each may lose `after`. */
export const rungAfter = (
  losses: number,
  { after, rungs }: { readonly after: number; readonly rungs: number },
): number => Math.min(Math.floor(losses / after), Math.max(rungs - 1, 0));
