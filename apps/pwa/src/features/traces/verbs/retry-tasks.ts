import type { TaskResult } from '@hive/events';
import type { RoomDesk } from '../../../data/desk.ts';

type Refusal = { readonly code?: unknown; readonly remedy?: unknown; readonly message?: unknown };

/**
 * Has tasks tried again, one after the other, in the order of the plan. Goes on after a refusal, so that one task that has moved on does not keep
 * the others; throws at the end, with the code of the first refusal and which tasks it was about. Where all are refused, `blocked` by them are tried: what
 * they need may be there all the same.
 */
export const retryTasks = async (
  desk: Pick<RoomDesk, 'retry'>,
  tasks: readonly TaskResult[],
  note: string,
  blocked: readonly TaskResult[] = [],
): Promise<void> => {
  const refused: { readonly key: string; readonly error: Refusal }[] = [];
  for (const { id, key } of tasks)
    await desk
      .retry(id, note === '' ? {} : { note })
      .catch((error: unknown) => refused.push({ key, error: error ?? {} }));
  const [first] = refused;
  if (!first) return;
  if (refused.length === tasks.length && blocked.length > 0) return retryTasks(desk, blocked, note);
  const { code, remedy, message } = first.error;
  const rest = tasks.length - refused.length;
  const others = rest === 0 ? '' : ` ${rest} of ${tasks.length} tasks begin anew all the same.`;
  const which = refused.map(({ key }) => key).join(', ');
  throw Object.assign(new Error(`Not retried: ${which}. ${String(message)}.${others}`), { code, remedy });
};
