import { HiveError } from '@hive/errors';
import { errorTypes } from '@hive/events';
import { canonicalJson } from './canonical-json.ts';
import { marks, type Row, type Statement } from './dialect.ts';
import { checkNames, namesOfWrite } from './names.ts';
import type { EventRow, TraceRow, Write, WriteResult } from './port.ts';
import { eventOf, eventSelect } from './rows.ts';

/** The statements of something that is done inside of one transaction; the database's adapter runs them and hands the rows back. */
export type Script<T> = Generator<Statement, T, readonly Row[]>;

const perStatement = 200;

const chunks = <T>(all: readonly T[], size = perStatement): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size));

/** What a store that was closed says; `place` names it. */
export const wasClosed = (place: string): HiveError =>
  new HiveError('store.unavailable', `${place} was closed`, { remedy: 'give_up' });

/** All that a write tells. */
export const toldBy = ({ events, starts }: Pick<Write, 'events' | 'starts'>): readonly EventRow[] =>
  starts ? [...starts.map((it) => it.event), ...events] : events;

/**
 * Looks whether the events of a write are in the log already. `repeated`: all of them with the same content. Null: none of them. `cursor`:
 * another reader of the subscription was faster.
 * Anything between means that an id was used twice. Version, time and position do not belong to the content: a handler that runs
 * again derives the same ids at a later moment.
 */
export function* recordedScript(write: Write): Script<WriteResult | null> {
  const found = new Map<string, string>();
  const told = toldBy(write);
  for (const part of chunks(told)) {
    const rows = yield {
      sql: `select ${eventSelect} from event where id in (${marks(part.length)})`,
      values: part.map((it) => it.id),
    };
    for (const event of rows.map(eventOf)) found.set(event.id, contentOf(event));
  }
  if (found.size === 0) return null;
  const other = told.find((it) => found.get(it.id) !== contentOf(it));
  if (other && write.cursor && (yield* hasMoved(write.cursor))) return { status: 'cursor', which: write.cursor.name };
  if (other) throw idTaken(other, found.has(other.id));
  return { status: 'repeated' };
}

/** Two readers that react to one event derive the same ids; the slower one learns that it was slower, whatever it wanted to say. */
function* hasMoved({ name, from }: NonNullable<Write['cursor']>): Script<boolean> {
  const rows = yield {
    sql: 'select name from subscription where name = ? and xid = ? and position = ?',
    values: [name, from.xid, from.position],
  };
  return rows.length === 0;
}

/** An id that was used for something else before: by `owner`. */
const idReused = ({ id, type, stream }: EventRow, owner: string): HiveError =>
  new HiveError('event.id_reused', `The id ${id} of ${type} belongs to ${owner}; make a new id`, {
    details: { id, type, stream },
  });

/** The id of a recorded event, or of one whose write was recorded. */
export const idTaken = (event: EventRow, isThere: boolean): HiveError =>
  idReused(event, isThere ? 'an event with other content' : 'a write that was recorded in part');

/** The first one whose id another one before it has. */
const repeated = <T extends { readonly id: string }>(all: readonly T[]): T | undefined => {
  if (all.length < 2) return undefined;
  const ids = new Set<string>();
  return all.find(({ id }) => ids.size === ids.add(id).size);
};

/** What makes two events with one id the same event. */
export const contentOf = (event: EventRow): string =>
  canonicalJson([
    event.type,
    event.stream,
    event.correlationId,
    event.causationId,
    event.commandId ?? null,
    event.actor,
    event.data,
  ]);

/** What some events add to the rows of their traces; a time that is empty is none, and a trace of such events alone has empty ones. */
export const tracesOf = (events: readonly Pick<EventRow, 'type' | 'at' | 'correlationId'>[]): readonly TraceRow[] => {
  const traces = new Map<string, { -readonly [K in keyof TraceRow]: TraceRow[K] }>();
  for (const { correlationId, at, type } of events) {
    let trace = traces.get(correlationId);
    if (!trace) traces.set(correlationId, (trace = { correlationId, firstAt: at, lastAt: at, events: 0, errors: 0 }));
    if (at !== '' && (at < trace.firstAt || trace.firstAt === '')) trace.firstAt = at;
    if (at > trace.lastAt) trace.lastAt = at;
    trace.events += 1;
    if (errorTypes.includes(type)) trace.errors += 1;
  }
  return [...traces.values()];
};

/**
 * Every stream that is written has its head in the same write, its versions follow each other, and a step is changed once. A write that breaks this
 * is a bug; one that has an id twice or names that cannot be kept is refused as well.
 */
export const checkWrite = (write: Write): void => {
  checkNames(namesOfWrite(write));
  const again = repeated(toldBy(write));
  if (again) throw idReused(again, 'another event of its write');
  const changed = repeated(write.changeSteps ?? []);
  if (changed) throw new Error(`the step ${changed.id} is changed twice by its write`);
  const odd = write.heads.find((it) => !Number.isSafeInteger(it.expectedVersion) || it.expectedVersion < 0);
  if (odd) throw new Error(`${odd.expectedVersion} cannot be the version of ${odd.head.stream}`);
  const next = new Map(write.heads.map((it) => [it.head.stream, it.expectedVersion]));
  for (const event of write.events) {
    const version = next.get(event.stream);
    if (version === undefined || event.version !== version + 1)
      throw new Error(
        `version ${event.version} of ${event.stream} does not follow ${version ?? 'a head'} in its write`,
      );
    next.set(event.stream, event.version);
  }
  for (const { event, step } of write.starts ?? [])
    if (event.stream !== step.stream || next.has(event.stream))
      throw new Error(`a step of ${step.stream} cannot be started unread by its write`);
  const unfolded = write.heads.find(
    ({ head }) => head.view === undefined && head.token === 0 && (head.kind === 'task' || head.kind === 'workflow'),
  );
  if (unfolded) throw new Error(`the view of ${unfolded.head.stream} is left behind without a claim`);
  const stale = write.heads.find((it) => next.get(it.head.stream) !== it.head.version);
  if (stale) throw new Error(`the head of ${stale.head.stream} is not at the version of its last event`);
};
