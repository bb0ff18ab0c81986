import type { EventRow, Head } from '@hive/core-db';
import { foldStream, parseEventData, parseStream, stateOf, type NewEvent } from '@hive/events';

/** Who and what stands behind new events; the same for all events of one write. */
export type Stamp = {
  readonly correlationId: string;
  /** null for the root of a trace. */
  readonly causationId: string | null;
  readonly commandId?: string | undefined;
  readonly actor: string;
  readonly at: string;
  /** The id of the n-th event. */
  readonly id: (ordinal: number) => string;
};

/** New events as rows, and the heads of their streams afterwards. */
export type Composed = {
  readonly events: EventRow[];
  readonly heads: { readonly head: Head; readonly expectedVersion: number }[];
};

/**
 * Turns events into rows on top of the given heads: parses each payload, folds each stream, counts versions. Pure.
 * Throws `event.invalid`, `event.too_large` or `transition.refused`; then nothing may be written.
 */
export const compose = (
  news: readonly NewEvent[],
  heads: Pick<ReadonlyMap<string, Head>, 'get'>,
  stamp: Stamp,
): Composed => {
  const after = new Map<string, { head: Head; expectedVersion: number }>();
  const events = news.map((event, ordinal): EventRow => {
    const known = after.get(event.stream);
    const before = known?.head ?? heads.get(event.stream);
    const version = (before?.version ?? 0) + 1;
    const data = parseEventData(event.type, event.data);
    const plain = {
      id: stamp.id(ordinal),
      type: event.type,
      stream: event.stream,
      version,
      correlationId: stamp.correlationId,
      causationId: stamp.causationId,
      actor: stamp.actor,
      at: stamp.at,
      data,
    } as EventRow; // type and data belong together because parseEventData was asked with this type
    const row = stamp.commandId === undefined ? plain : { ...plain, commandId: stamp.commandId };
    const view = foldStream(before?.view ?? null, row);
    const { kind, id } = parseStream(event.stream);
    after.set(event.stream, {
      expectedVersion: known?.expectedVersion ?? version - 1,
      head: {
        stream: event.stream,
        kind,
        id,
        correlationId: before?.correlationId ?? stamp.correlationId,
        version,
        state: stateOf(event.stream, view),
        lastEventId: row.id,
        token: before?.token ?? 0,
        view,
      },
    });
    return row;
  });
  return { events, heads: [...after.values()] };
};
