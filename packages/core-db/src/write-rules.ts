import { HiveError } from '@hive/errors';
import { canonicalJson } from './canonical-json.ts';
import { marks, tuples, type Dialect, type Row, type Statement, type Value } from './dialect.ts';
import type { EventRow, StepChange, StepRow, TraceRow, Write, WriteResult } from './port.ts';
import {
  eventColumns,
  eventOf,
  eventSelect,
  eventValues,
  headColumns,
  headValues,
  stepColumn,
  stepFields,
  stepValue,
} from './rows.ts';

/** The statements of something that is done inside of one transaction; the database's adapter runs them and hands the rows back. */
export type Script<T> = Generator<Statement, T, readonly Row[]>;

const perStatement = 200;

const chunks = <T>(all: readonly T[], size = perStatement): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size));

/** Rows are locked in one order by every write, so that two of them never wait for each other. */
const sortedBy = <T>(all: readonly T[], key: (it: T) => string): readonly T[] =>
  [...all].sort((a, b) => (key(a) < key(b) ? -1 : 1));

/**
 * One write: heads, then steps, then the cursor, all under their conditions, then the events and what is counted of them.
 * A result other than `written` asks for a rollback.
 */
export function* writeScript(write: Write, on: Dialect): Script<WriteResult> {
  checkWrite(write);
  const result = yield* applied(write, on);
  if (result.status === 'written') return result;
  return (yield* recordedScript(write)) ?? result;
}

function* applied(write: Write, on: Dialect): Script<WriteResult> {
  const heads = sortedBy(write.heads, (it) => it.head.stream);
  for (const part of chunks(heads.filter((it) => it.expectedVersion === 0))) {
    const made = yield {
      sql: `insert into stream_head (${headColumns.join(', ')}) values ${tuples(part.length, headColumns.length)} on conflict (stream) do nothing returning stream`,
      values: part.flatMap((it) => headValues(it.head)),
    };
    const missing = lacking(
      made,
      'stream',
      part.map((it) => it.head.stream),
    );
    if (missing !== null) return { status: 'version', which: missing };
  }
  for (const { head, expectedVersion } of heads.filter((it) => it.expectedVersion > 0)) {
    const moved = yield {
      sql: `update stream_head set version = ?, state = ?, last_event_id = ?, view = ?${on.stamp} where stream = ? and version = ?${on.guard} returning stream`,
      values: [head.version, head.state, head.lastEventId, JSON.stringify(head.view), head.stream, expectedVersion],
    };
    if (moved.length === 0) return { status: 'version', which: head.stream };
  }
  for (const change of sortedBy(write.changeSteps ?? [], (it) => it.id)) {
    const changed = yield changeStep(change, on);
    if (changed.length === 0) return { status: 'step', which: change.id };
  }
  for (const part of chunks(write.insertSteps ?? [])) {
    const made = yield insertSteps(part);
    const missing = lacking(
      made,
      'id',
      part.map((it) => it.id),
    );
    if (missing !== null) return { status: 'step', which: missing };
  }
  if (write.cursor) {
    const { name, from, to } = write.cursor;
    const moved = yield {
      sql: 'update subscription set xid = ?, position = ? where name = ? and xid = ? and position = ? returning name',
      values: [to.xid, to.position, name, from.xid, from.position],
    };
    if (moved.length === 0) return { status: 'cursor', which: name };
  }
  if (write.deadLetter) {
    const { subscription, eventId, error, attempts } = write.deadLetter;
    yield {
      sql: `insert into dead_letter (subscription, event_id, error, attempts, at) values (?, ?, ?, ?, ${on.clock})`,
      values: [subscription, eventId, error, attempts],
    };
  }
  for (const { subscription, eventId } of sortedBy(write.takeDeadLetters ?? [], (it) => it.eventId)) {
    const taken = yield {
      sql: 'delete from dead_letter where subscription = ? and event_id = ? returning event_id',
      values: [subscription, eventId],
    };
    if (taken.length === 0) return { status: 'letter', which: eventId };
  }
  const positions = new Map<string, number>();
  for (const part of chunks(write.events)) {
    const made = yield {
      sql: `insert into event (${eventColumns.join(', ')}) values ${tuples(part.length, eventColumns.length)} returning id, position`,
      values: part.flatMap(eventValues),
    };
    for (const row of made) positions.set(row['id'] as string, Number(row['position']));
  }
  for (const trace of sortedBy(tracesOf(write.events), (it) => it.correlationId)) yield addToTrace(trace, on);
  return { status: 'written', positions: write.events.map((it) => positions.get(it.id) ?? 0) };
}

/**
 * Looks whether the events of a write are in the log already. `repeated`: all of them with the same content. Null: none of them. `cursor`:
 * another reader of the subscription was faster.
 * Anything between means that an id was used twice. Version, time and position do not belong to the content: a handler that runs
 * again derives the same ids at a later moment.
 */
export function* recordedScript(write: Write): Script<WriteResult | null> {
  const found = new Map<string, { readonly position: number; readonly content: string }>();
  for (const part of chunks(write.events)) {
    const rows = yield {
      sql: `select ${eventSelect} from event where id in (${marks(part.length)})`,
      values: part.map((it) => it.id),
    };
    for (const event of rows.map(eventOf)) found.set(event.id, { position: event.position, content: contentOf(event) });
  }
  if (found.size === 0) return null;
  const other = write.events.find((it) => found.get(it.id)?.content !== contentOf(it));
  if (other && write.cursor && (yield* hasMoved(write.cursor))) return { status: 'cursor', which: write.cursor.name };
  if (other)
    throw new HiveError(
      'event.id_reused',
      `The id ${other.id} of ${other.type} belongs to ${found.has(other.id) ? 'an event with other content' : 'a write that was recorded in part'}; make a new id`,
      {
        details: { id: other.id, type: other.type, stream: other.stream },
      },
    );
  return { status: 'repeated', positions: write.events.map((it) => found.get(it.id)?.position ?? 0) };
}

/** Two readers that react to one event derive the same ids; the slower one learns that it was slower, whatever it wanted to say. */
function* hasMoved({ name, from }: NonNullable<Write['cursor']>): Script<boolean> {
  const rows = yield {
    sql: 'select name from subscription where name = ? and xid = ? and position = ?',
    values: [name, from.xid, from.position],
  };
  return rows.length === 0;
}

const contentOf = (event: EventRow): string =>
  canonicalJson([
    event.type,
    event.stream,
    event.correlationId,
    event.causationId,
    event.commandId ?? null,
    event.actor,
    event.data,
  ]);

const lacking = (rows: readonly Row[], column: string, wanted: readonly string[]): string | null => {
  if (rows.length === wanted.length) return null;
  const made = new Set(rows.map((row) => row[column]));
  return wanted.find((it) => !made.has(it)) ?? null;
};

const changeStep = ({ id, expect, set }: StepChange, on: Dialect): Statement => {
  // The fields come from typed code and are looked up, never pasted.
  const fields = stepFields.filter((field) => set[field as keyof typeof set] !== undefined);
  const holder =
    expect.holder === undefined ? { sql: '', values: [] } : { sql: ' and holder = ?', values: [expect.holder] };
  return {
    sql: `update step set ${fields.map((field) => `${stepColumn[field]} = ?`).join(', ')}${on.stamp} where id = ? and state = ? and token = ?${holder.sql}${on.guard} returning id`,
    values: [
      ...fields.map((field) => stepValue(field, set[field as keyof typeof set])),
      id,
      expect.state,
      expect.token,
      ...holder.values,
    ],
  };
};

const insertSteps = (steps: readonly StepRow[]): Statement => ({
  sql: `insert into step (${stepFields.map((it) => stepColumn[it]).join(', ')}) values ${tuples(steps.length, stepFields.length)} on conflict (id) do nothing returning id`,
  values: steps.flatMap((step) => stepFields.map((field): Value => stepValue(field, step[field]))),
});

/** The events that a person looks for first in a list of traces. */
export const errorTypes: readonly string[] = [
  'task.failed',
  'task.refused',
  'task.dead_lettered',
  'task.attempt_failed',
  'workflow.failed',
  'workflow.plan_failed',
];

/** What some events add to the rows of their traces. */
export const tracesOf = (events: readonly Pick<EventRow, 'type' | 'at' | 'correlationId'>[]): readonly TraceRow[] => {
  const traces = new Map<string, TraceRow>();
  for (const { correlationId, at, type } of events) {
    const trace = traces.get(correlationId) ?? { correlationId, firstAt: at, lastAt: at, events: 0, errors: 0 };
    traces.set(correlationId, {
      correlationId,
      firstAt: at < trace.firstAt ? at : trace.firstAt,
      lastAt: at > trace.lastAt ? at : trace.lastAt,
      events: trace.events + 1,
      errors: trace.errors + (errorTypes.includes(type) ? 1 : 0),
    });
  }
  return [...traces.values()];
};

/** Commutative, because a trace is fed by many streams whose commits come in any order. */
const addToTrace = (trace: TraceRow, on: Dialect): Statement => ({
  sql: `insert into trace (correlation_id, first_at, last_at, events, errors) values (?, ?, ?, ?, ?) on conflict (correlation_id) do update set
    first_at = ${on.least}(trace.first_at, excluded.first_at), last_at = ${on.greatest}(trace.last_at, excluded.last_at),
    events = trace.events + excluded.events, errors = trace.errors + excluded.errors`,
  values: [trace.correlationId, trace.firstAt, trace.lastAt, trace.events, trace.errors],
});

/** Every stream that is written has its head in the same write, and its versions follow each other. A write that breaks this is a bug. */
const checkWrite = (write: Write): void => {
  const next = new Map(write.heads.map((it) => [it.head.stream, it.expectedVersion]));
  for (const event of write.events) {
    const version = next.get(event.stream);
    if (version === undefined || event.version !== version + 1)
      throw new Error(
        `version ${event.version} of ${event.stream} does not follow ${version ?? 'a head'} in its write`,
      );
    next.set(event.stream, event.version);
  }
  const stale = write.heads.find((it) => next.get(it.head.stream) !== it.head.version);
  if (stale) throw new Error(`the head of ${stale.head.stream} is not at the version of its last event`);
};
