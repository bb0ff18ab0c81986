import type { HiveEvent } from '@hive/events';
import type { RoomDesk } from './desk.ts';

/** Fired on window when something is shown that was stored here; its detail is when (ms since 1970). */
export const storedEvent = 'hive-stored';

type Reading = Pick<RoomDesk, 'events' | 'trace' | 'traceColumns' | 'traces' | 'workflow'>;

const isAway = (error: unknown): boolean => (error as { code?: string } | null)?.code === 'hive.unreachable';

/** Until then what was opened is painted, and nothing else is asked for or computed meanwhile. */
const seenFirstMs = 700;

/** Loaded when it is first needed: Home opens no trace. */
const stored = () => import('./stored-traces.ts');

/**
 * The reading of traces that goes on without Hive: what is opened is stored in this browser, and shown again when Hive does not answer. A trace
 * that was never opened here is as unreachable as Hive.
 */
export const offlineTraces = (desk: Reading): Reading => {
  /** Asks Hive, keeps what it said beside what is shown, and falls back to what is stored. */
  const through = async <T>(
    id: string,
    part: string,
    ask: () => Promise<T>,
    idOf: (value: T) => string | undefined,
  ) => {
    try {
      const value = await ask();
      const whole = idOf(value);
      // Not waited for: what is seen comes first. A browser that keeps nothing goes on without.
      if (whole !== undefined)
        setTimeout(
          () =>
            void stored()
              .then((it) => it.keepPart(whole, part, value))
              .catch(() => undefined),
          seenFirstMs,
        );
      return value;
    } catch (error) {
      if (!isAway(error)) throw error;
      return (await stored()).storedPart<T>(id, part, error);
    }
  };
  return {
    trace: (id) =>
      through<readonly HiveEvent[]>(
        id,
        'events',
        () => desk.trace(id),
        ([first]) => first?.correlationId,
      ),
    traceColumns: (id, page = {}) =>
      // How much of a trace is kept: the parts that were opened.
      through(
        id,
        `columns ${JSON.stringify(page)}`,
        () => desk.traceColumns(id, page),
        (it) => it.correlationId,
      ),
    workflow: (id) =>
      through(
        id,
        'result',
        () => desk.workflow(id),
        (it) => it.correlationId,
      ),
    events: (query = {}) => {
      const id = query.correlationId;
      return id === undefined
        ? desk.events(query)
        : through(
            id,
            `events ${JSON.stringify(query)}`,
            () => desk.events(query),
            () => id,
          );
    },
    traces: async (page = {}) => {
      try {
        const answer = await desk.traces(page);
        void stored()
          .then((it) => it.keepSummaries(answer.items))
          .catch(() => undefined);
        return answer;
      } catch (error) {
        if (!isAway(error)) throw error;
        return { items: await (await stored()).storedSummaries(error), next: null };
      }
    },
  };
};

declare global {
  interface WindowEventMap {
    [storedEvent]: CustomEvent<number>;
  }
}
