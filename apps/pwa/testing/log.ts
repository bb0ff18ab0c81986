import { createHash, randomUUID } from 'node:crypto';
import { parseEventData, type HiveEvent, type NewEvent } from '@hive/events';

/** An id that is the same in every run, or, made at a moment (ms since 1970), one that sorts by it as ids do. */
export const idOf = (seed: string, at = Date.UTC(2025, 8, 22)): string => {
  const hex = createHash('sha256').update(seed).digest('hex');
  const time = at.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex.slice(4, 7)}-8${hex.slice(7, 10)}-${hex.slice(10, 22)}`;
};

/** An id of now, as the store's own are. */
export const uuidNow = (): string => {
  const time = Date.now().toString(16).padStart(12, '0');
  const rest = randomUUID().slice(14).replace(/^./, '7');
  return `${time.slice(0, 8)}-${time.slice(8)}-${rest}`;
};

/** A git object name that is the same in every run. */
export const shaOf = (seed: string): string => createHash('sha1').update(seed).digest('hex');

/** Who records, when (ms since 1970), in which trace, and because of which event. */
export type Stamp = {
  readonly actor: string;
  readonly at: number;
  readonly correlationId: string;
  readonly cause: HiveEvent | null;
};

/** A log in memory that parses what is recorded as the store does, and the artefacts that it refers to, by hash. */
export type Log = {
  readonly events: HiveEvent[];
  readonly artefacts: ReadonlyMap<string, string>;
  record(event: NewEvent, stamp: Stamp): HiveEvent;
  /** Keeps a text as an artefact and answers its hash. */
  keep(text: string): string;
};

export const createLog = (): Log => {
  const events: HiveEvent[] = [];
  const versions = new Map<string, number>();
  const artefacts = new Map<string, string>();
  return {
    events,
    artefacts,
    keep(text) {
      const hash = createHash('sha256').update(text).digest('hex');
      artefacts.set(hash, text);
      return hash;
    },
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
