import { origin, type LoggedEvent } from '@hive/core-db';
import { isInterruption } from '@hive/errors';
import type { CallView, Replay, Step } from '@hive/events';
import type { Context } from '../../agent.ts';

/** A call of a recorded workflow: on behalf of which task (by its key; null: of the plan), and how its failure was worded. */
export type RecordedCall = { readonly view: CallView; readonly key: string | null; readonly reason: string | null };

const pageSize = 500;
/** A workflow that is replayed asks again and again; more than a few are not replayed at once. */
const mostKept = 4;
const kept = new Map<string, Promise<readonly RecordedCall[]>>();

/**
 * The calls of a workflow up to an event, in the order in which they ended. What the network or a limit cut short is left out: it says nothing about
 * what was asked. A workflow that is over does not change up to an event, so it is read once.
 */
export const readRecording = (
  { of, upTo }: Pick<Replay, 'of' | 'upTo'>,
  { bus, config }: Pick<Context, 'bus' | 'config'>,
): Promise<readonly RecordedCall[]> => {
  const name = `${config.home} ${of} ${upTo}`;
  const known = kept.get(name);
  if (known) return known;
  const reading = readCalls(bus.store, { of, upTo });
  kept.set(name, reading);
  reading.catch(() => kept.delete(name));
  for (const oldest of kept.keys()) if (kept.size > mostKept) kept.delete(oldest);
  return reading;
};

const readCalls = async (
  store: Context['bus']['store'],
  { of, upTo }: Pick<Replay, 'of' | 'upTo'>,
): Promise<readonly RecordedCall[]> => {
  const events: LoggedEvent[] = [];
  for (let after = origin; ;) {
    const page = await store.events({ correlationId: of, after, limit: pageSize });
    const end = page.events.findIndex(({ id }) => id === upTo);
    events.push(...(end < 0 ? page.events : page.events.slice(0, end + 1)));
    if (end >= 0 || page.events.length < pageSize) break;
    after = page.looked;
  }
  return callsIn(events);
};

const callsIn = (events: readonly LoggedEvent[]): readonly RecordedCall[] => {
  const keys = new Map<string, string>();
  const reasons = new Map<string, string>();
  for (const event of events) {
    if (event.type === 'task.created') keys.set(event.data.taskId, event.data.spec.key);
    if (event.type === 'task.attempt_failed') reasons.set(claimOf(event.data), event.data.reason);
  }
  return events.flatMap((event): RecordedCall[] => {
    if (event.type !== 'model.called' || wasCutShort(event.data.outcome)) return [];
    const { taskId } = event.data;
    const key = taskId === null ? null : (keys.get(taskId) ?? null);
    return [{ view: event.data, key, reason: reasons.get(claimOf(event.data)) ?? null }];
  });
};

/** A bug of Hive says as little about the question as the network does. */
const wasCutShort = (outcome: string): boolean => isInterruption(outcome) || outcome === 'internal';

const claimOf = (it: {
  readonly taskId: string | null;
  readonly step?: Step | undefined;
  readonly token?: number | undefined;
}) => `${it.taskId ?? ''} ${it.step ?? ''} ${it.token ?? ''}`;
