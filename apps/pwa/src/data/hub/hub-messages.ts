import type { Connection } from '../live-stream.ts';

/** Which events are wanted: those of these types or patterns (default: all; none: no events), and of this trace only. */
export type LiveFilter = { readonly types?: readonly string[]; readonly correlationId?: string };

/** What a tab says to the hub. `filter` null: everything. `after`: how far it was told before, by an earlier hub; null where it knows nothing yet. */
export type ToHub =
  | {
      readonly hive: 'join';
      readonly filter: LiveFilter | null;
      readonly visible: boolean;
      readonly after: number | null;
    }
  | { readonly hive: 'leave' }
  | { readonly hive: 'ping' };

/** What the hub says to a tab. `position` is how far it has been told now; `json` is an array of events. */
export type FromHub =
  | { readonly hive: 'connection'; readonly connection: Connection }
  | { readonly hive: 'hello'; readonly missed: boolean; readonly build: string; readonly position: number }
  | { readonly hive: 'events'; readonly json: string; readonly position: number }
  | { readonly hive: 'passed'; readonly position: number }
  | { readonly hive: 'pong' };

/** The most types that a filter names; whoever wants more is told everything. */
export const mostTypes = 50;

type Fields = Readonly<Record<string, unknown>>;

/** Whether something that came by a port has fields at all. */
export const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

/** Whether it can be a position in the log. */
export const isPosition = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;

/** Whether this is something that a hub of this very build says. */
export const isFromHub = (value: unknown): value is FromHub => {
  if (!isObject(value)) return false;
  switch (value['hive']) {
    case 'connection':
      return isObject(value['connection']) && typeof value['connection']['state'] === 'string';
    case 'hello':
      return (
        typeof value['missed'] === 'boolean' && typeof value['build'] === 'string' && isPosition(value['position'])
      );
    case 'events':
      return typeof value['json'] === 'string' && isPosition(value['position']);
    case 'passed':
      return isPosition(value['position']);
    default:
      return value['hive'] === 'pong';
  }
};

/** The smallest filter that lets through what each of these does; null lets through everything. */
export const unionOf = (filters: readonly (LiveFilter | null)[]): LiveFilter | null => {
  const types = new Set<string>();
  const traces = new Set<string | undefined>();
  let every = false;
  for (const filter of filters) {
    if (filter?.types?.length === 0) continue;
    for (const type of filter?.types ?? []) types.add(type);
    if (!filter?.types) every = true;
    traces.add(filter?.correlationId);
  }
  if (traces.size === 0) return { types: [] };
  const [correlationId] = traces;
  const onlyTypes = every || types.size > mostTypes || types.has('*') ? null : { types: [...types].sort() };
  const onlyTrace = traces.size > 1 || correlationId === undefined ? null : { correlationId };
  return onlyTypes || onlyTrace ? { ...onlyTypes, ...onlyTrace } : null;
};

/** Two filters are the same when their keys are. */
export const filterKey = (filter: LiveFilter | null): string =>
  JSON.stringify([filter?.types?.toSorted() ?? null, filter?.correlationId ?? null]);

/** Whether whoever is told what `wide` lets through is told all that `narrow` does. */
export const covers = (wide: LiveFilter | null, narrow: LiveFilter | null): boolean =>
  filterKey(unionOf([wide, narrow])) === filterKey(unionOf([wide]));
