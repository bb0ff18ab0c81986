import type { Cursor, LoggedEvent, Store } from '@hive/core-db';
import { HiveError, beginningOf, hasCode } from '@hive/errors';
import { isEventType, matchesTypes, streams } from '@hive/events';
import { failpoint } from '@hive/failpoints';
import { awayMs } from './backoff.ts';
import type { Heard } from './heard.ts';
import { derivedId } from './ids.ts';
import { streamOfStep } from './new-step.ts';
import { record, type Move } from './record.ts';
import { rest, type Surroundings } from './surroundings.ts';

/** How to follow the log. */
export type Follow = {
  /** Names the durable cursor; two followers of one name share the work, each event is handled by one of them. */
  readonly name: string;
  readonly types: readonly string[];
  readonly start: 'origin' | 'end';
  /** Answers what follows from the event. Runs outside of any transaction, perhaps more than once. */
  readonly handle: (event: LoggedEvent) => Promise<readonly Move[]>;
  /** Called when what was remembered must be read anew: another follower of this name was faster, or an event is handled once more. */
  readonly onOvertaken?: () => void;
  /** Called for each handled event. */
  readonly onHandled?: (event: LoggedEvent, moves: number, dropped: number, ms: number) => void;
  /** Called for an event of a newer Hive, which is passed over: what it means is not known here. */
  readonly onUnknown?: (event: LoggedEvent) => void;
  readonly onFailed?: (event: LoggedEvent, error: unknown, attempt: number) => void;
  /**
   * Called when the log could not be read or written; it is tried again after `retryMs` (default {@link awayMs}), for ever, and no event is blamed.
   * Called once with `cursor.unknown` when the log ends before the cursor: then nothing is handled until somebody has moved the cursor.
   */
  readonly onTrouble?: (error: unknown) => void;
  readonly retryMs?: number;
  readonly signal: AbortSignal;
};

const pageSize = 200;
const pollMs = 1000;
/** So many at once say that many more are on their way: a little later a page of them costs less. */
const manyAtOnce = 50;
const gatherMs = 10;
const maxAttempts = 5;

/** The store's fault and not the event's: it passes by itself. */
const isTrouble = (error: unknown): boolean =>
  (hasCode(error, 'store.unavailable') || hasCode(error, 'infra.disk') || hasCode(error, 'version.conflict')) &&
  error.remedy === 'retry';

/**
 * Events are handled in log order; the moves and the cursor are one commit. After five failures an event becomes a dead letter and the follower
 * goes on; a `system.redriven` that names it is the moment in the log where it is handled once more, with ids of that moment.
 */
export const createFollower =
  (
    store: Store,
    actor: string,
    { around, ...doorbell }: { readonly heard: Heard; readonly rings: () => number; readonly around: Surroundings },
  ) =>
  async (options: Follow): Promise<void> => {
    const { name, signal } = options;
    let cursor = await store.subscription(name, options.start);

    const commit = async (
      at: { readonly cursor: Cursor; readonly id?: string },
      event: LoggedEvent,
      moves: readonly Move[],
      deadLetter?: string,
    ): Promise<boolean> => {
      const recorded = await record(store, {
        streams: [...new Set(moves.flatMap((move) => streamsOf(move)))],
        onRefused: 'drop',
        newId: around.newId,
        cursor: { name, from: cursor, to: at.cursor },
        ...(deadLetter !== undefined && {
          deadLetter: { subscription: name, eventId: event.id, error: deadLetter, attempts: maxAttempts },
        }),
        plan: () => ({
          moves,
          stamp: {
            correlationId: event.correlationId,
            causationId: event.id,
            actor,
            ...(at.id !== undefined && { id: (ordinal: number) => derivedId(at.id ?? '', `${name} ${ordinal}`) }),
          },
        }),
      });
      if (recorded.status === 'written') {
        cursor = at.cursor;
        lastDropped = recorded.dropped;
        return true;
      }
      cursor = await store.subscription(name, options.start);
      options.onOvertaken?.();
      return false;
    };
    let lastDropped = 0;

    /** `at` is where in the log `event` is handled: itself, or the redrive that names it. */
    const handleOne = async (event: LoggedEvent, at = event): Promise<boolean> => {
      for (let attempt = 1; ; attempt++) {
        const began = around.elapsed();
        try {
          const moves = await options.handle(event);
          if (moves.length === 0) {
            options.onHandled?.(event, 0, 0, around.elapsed() - began);
            return true;
          }
          await failpoint('handler.open');
          const mine = await commit(at, event, moves);
          await failpoint('handler.committed');
          if (mine) options.onHandled?.(event, moves.length, lastDropped, around.elapsed() - began);
          return mine;
        } catch (error) {
          options.onOvertaken?.();
          if (isTrouble(error)) throw error;
          options.onFailed?.(event, error, attempt);
          if (signal.aborted) return false;
          if (attempt >= maxAttempts) return commit(at, event, [], beginningOf(String(error), 4000));
          await rest(around, 50 * 2 ** attempt, signal);
        }
      }
    };

    /** What was remembered belongs to a later moment than an event that is redriven, and the other way round afterwards. */
    const redrive = async (at: LoggedEvent, eventId: string): Promise<boolean> => {
      const event = await store.event(eventId);
      if (event === null) return true;
      options.onOvertaken?.();
      const mine = await handleOne(event, at);
      options.onOvertaken?.();
      return mine;
    };

    const handleNext = async (event: LoggedEvent): Promise<boolean> => {
      if (event.type === 'system.redriven' && event.data.subscription === name)
        return redrive(event, event.data.eventId);
      if (!matchesTypes(event.type, options.types)) return true;
      if (isEventType(event.type)) return handleOne(event);
      options.onUnknown?.(event);
      return true;
    };

    /** Past events from which nothing followed. */
    const moveOn = async (to: Cursor): Promise<boolean> => {
      const { status } = await store.write({ events: [], heads: [], cursor: { name, from: cursor, to } });
      const mine = status === 'written';
      cursor = mine ? to : await store.subscription(name, options.start);
      if (!mine) options.onOvertaken?.();
      return mine;
    };

    /** The cursor that the log ended before: what comes there now was never handled, and where to go on is not for us to say. */
    let beyond: Cursor | null = null;
    const isMoved = async (from: Cursor): Promise<boolean> => {
      cursor = await store.subscription(name, options.start);
      return isBefore(cursor, from) || isBefore(from, cursor);
    };

    const handlePage = async (): Promise<void> => {
      if (beyond) {
        if (!(await isMoved(beyond))) return rest(around, pollMs, signal);
        beyond = null;
        options.onOvertaken?.();
      }
      const seen = doorbell.rings();
      const page = await store.events({ after: cursor, types: [...options.types, redriven], limit: pageSize });
      if (isBefore(page.looked, cursor)) {
        beyond = cursor;
        options.onTrouble?.(unknownCursor(name, cursor, page.looked));
        return;
      }
      let ours = true;
      for (const event of page.events) {
        ours = !signal.aborted && (await handleNext(event));
        if (!ours) break;
      }
      if (ours && !signal.aborted && isBefore(cursor, page.looked)) ours = await moveOn(page.looked);
      if (!ours || page.events.length >= pageSize) return;
      if (page.events.length >= manyAtOnce) await rest(around, gatherMs, signal);
      await doorbell.heard(pollMs, signal, seen);
    };

    for (let failures = 0; !signal.aborted;) {
      try {
        await handlePage();
        failures = 0;
      } catch (error) {
        options.onTrouble?.(error);
        await rest(around, options.retryMs ?? awayMs(failures++, around.random()), signal);
      }
    }
  };

const redriven = 'system.redriven';

const unknownCursor = (name: string, { position }: Cursor, end: Cursor): HiveError =>
  new HiveError(
    'cursor.unknown',
    `The subscription ${name} stands at position ${position}, and the log ends at ${end.position}: the store may have been restored in part; nothing is handled for it until its cursor is moved`,
    { details: { subscription: name, position, end: end.position } },
  );

const isBefore = (a: Cursor, b: Cursor): boolean => {
  const [left, right] = [BigInt(a.xid), BigInt(b.xid)];
  return left < right || (left === right && a.position < b.position);
};

const streamsOf = (move: Move): string[] => [
  ...move.events.map((event) => event.stream),
  // The workflow is read along, because a step of a paused one is put elsewhere.
  ...(move.step ? [streamOfStep(move.step), streams.workflow(move.step.workflowId)] : []),
];
