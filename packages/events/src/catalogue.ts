import type { z } from 'zod';
import { HiveError, findNotPlain, notPlain } from '@hive/errors';
import { approval } from './approval.ts';
import { isEventType } from './event-types.ts';
import { merge } from './merge.ts';
import { model } from './model.ts';
import { schedule } from './schedule.ts';
import { agent, box, budget, system } from './system.ts';
import { task } from './task.ts';
import { workflow } from './workflow.ts';

/** Every event that can happen, by type: the building directory. */
export const catalogue = {
  ...workflow,
  ...task,
  ...merge,
  ...approval,
  ...model,
  ...budget,
  ...box,
  ...agent,
  ...schedule,
  ...system,
};

/** A type of the catalogue, e.g. `task.claimed`. */
export type EventType = keyof typeof catalogue;
/** The payload of a type. */
export type DataOf<T extends EventType> = z.infer<(typeof catalogue)[T]>;

/** A recorded fact. `position` is its address in the log; `at` is the database's time; `version` counts within its stream from 1. */
export type EventOf<T extends EventType> = {
  [K in T]: {
    readonly id: string;
    readonly position: number;
    readonly type: K;
    readonly stream: string;
    readonly version: number;
    readonly correlationId: string;
    readonly causationId: string | null;
    /** The command that a person or program gave, where the event is its effect. */
    readonly commandId?: string;
    readonly actor: string;
    readonly at: string;
    readonly data: DataOf<K>;
  };
}[T];
/** Any event; discriminated by `type`. */
export type HiveEvent = EventOf<EventType>;

/** An event that is about to be recorded; ids, cause, actor and time are stamped by the bus. */
export type NewEvent<T extends EventType = EventType> = {
  [K in T]: { readonly type: K; readonly stream: string; readonly data: DataOf<K> };
}[T];

/** At most this many bytes of JSON in one event. */
export const maxEventBytes = 256 * 1024;

const badEscape = /\\u(0000|d[89a-f])/;

/**
 * The payload as the schema knows it. Throws `event.invalid` (shape, NUL or lone surrogates in a text) or `event.too_large` (over 256 KiB).
 */
export const parseEventData = <T extends EventType>(type: T, data: unknown): DataOf<T> => {
  if (!isEventType(type)) throw new HiveError('event.invalid', `There is no event type ${String(type)}`);
  const parsed = catalogue[type].safeParse(data);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new HiveError(
      'event.invalid',
      `${type} is not valid at ${issue?.path.map(String).join('.') || 'its root'}: ${issue?.message ?? ''}`,
    );
  }
  const json = JSON.stringify(parsed.data);
  // In JSON both are written as an escape; so is that word itself when somebody quotes it, which only the walk can tell.
  const at = badEscape.test(json) ? findNotPlain(parsed.data) : null;
  if (at) throw new HiveError('event.invalid', `${type} ${notPlain} at ${at.join('.') || 'its root'}`);
  if (json.length > maxEventBytes / 3 && new TextEncoder().encode(json).length > maxEventBytes)
    throw new HiveError('event.too_large', `${type} is larger than 256 KiB; large data belongs into an artefact`);
  // zod's union of all schemas is narrowed by the key that was used to look it up, which the compiler cannot follow.
  return parsed.data as DataOf<T>;
};
