import { createHash } from 'node:crypto';
import { parseEventData, type HiveEvent, type NewEvent } from '@hive/events';

/** An id that is the same in every run. */
export const idOf = (seed: string): string => {
  const hex = createHash('sha256').update(seed).digest('hex');
  return `01997000-${hex.slice(0, 4)}-7${hex.slice(4, 7)}-8${hex.slice(7, 10)}-${hex.slice(10, 22)}`;
};

/** A git object name or an artefact's hash that is the same in every run. */
export const shaOf = (seed: string): string => createHash('sha1').update(seed).digest('hex');
export const hashOf = (seed: string): string => createHash('sha256').update(seed).digest('hex');

/** Who records, when (ms since 1970), in which trace, and because of which event. */
export type Stamp = {
  readonly actor: string;
  readonly at: number;
  readonly correlationId: string;
  readonly cause: HiveEvent | null;
};

/** A log in memory that parses what is recorded as the store does. */
export type Log = { readonly events: HiveEvent[]; record(event: NewEvent, stamp: Stamp): HiveEvent };

export const createLog = (): Log => {
  const events: HiveEvent[] = [];
  const versions = new Map<string, number>();
  return {
    events,
    record({ type, stream, data }, { actor, at, correlationId, cause }) {
      const position = events.length + 1;
      const version = (versions.get(stream) ?? 0) + 1;
      versions.set(stream, version);
      // The payload was parsed by the schema of this very type.
      const event = {
        id: idOf(`event ${position}`),
        position,
        type,
        stream,
        version,
        correlationId,
        causationId: cause?.id ?? null,
        actor,
        at: new Date(at).toISOString(),
        data: parseEventData(type, data),
      } as HiveEvent;
      events.push(event);
      return event;
    },
  };
};
