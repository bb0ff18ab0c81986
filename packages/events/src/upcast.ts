import type { DataOf, EventType } from './catalogue.ts';
import { isEventType } from './event-types.ts';

/** A payload as some version of Hive wrote it. */
export type OldData = Readonly<Record<string, unknown>>;

/** One type's way from version 1 to its newest: each makes the next version out of the one before. */
export type UpcasterChain<T extends EventType> = readonly [
  ...((data: OldData) => OldData)[],
  (data: OldData) => DataOf<T>,
];

/** The chains of the types whose payload has changed its shape. */
export type Upcasters = { readonly [T in EventType]?: UpcasterChain<T> };

/**
 * The one place where old payloads become new ones; docs/adr/0010 says when one is due. An entry has a test beside this file and a recorded trace
 * of the old shape in the replay corpus. No payload has changed its shape yet.
 */
export const upcasters: Upcasters = {};

type Typed = { readonly type: string; readonly data: unknown };

/** The version of a payload: what it says in `v`, and 1 where it says nothing. */
const versionOf = (data: unknown): number => {
  const v = (data as { readonly v?: unknown } | null)?.v;
  return typeof v === 'number' ? v : 1;
};

/**
 * An event as today's code knows it: an older payload goes through its upcasters. A payload of a version that only a newer Hive knows keeps its
 * content under the name of a type that this one does not know, such as `task.submitted@3`, so that every reader passes over it. Pure; answers
 * the same object when nothing is to be done.
 */
export const upcast = <E extends Typed>(event: E, known: Upcasters = upcasters): E => {
  const { type, data } = event;
  if (!isEventType(type)) return event;
  const chain: readonly ((data: OldData) => object)[] = known[type] ?? [];
  const version = versionOf(data);
  if (version === chain.length + 1) return event;
  if (version > chain.length + 1) return { ...event, type: `${type}@${version}` };
  const newest = chain.slice(version - 1).reduce<object>((old, step) => step(old as OldData), data as OldData);
  return { ...event, data: { ...newest, v: chain.length + 1 } };
};
