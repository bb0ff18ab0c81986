import { plainText } from '@hive/errors';
import { marks, sqliteDialect as on, type Value } from '../dialect.ts';
import type { EventRow, HeadWrite, Start, StepChange, StepRow, TraceRow, Write, WriteResult } from '../port.ts';
import {
  eventColumns,
  eventValues,
  headColumns,
  headValues,
  laneOf,
  stepColumn,
  stepFields,
  stepValue,
} from '../rows.ts';
import { checkWrite, tracesOf } from '../write-rules.ts';
import type { Transaction } from './writer.ts';

const stepColumns = [...stepFields.map((it) => stepColumn[it]), 'lane'];

const texts = {
  makeHead: `insert into stream_head (${headColumns.join(', ')}) values (${marks(headColumns.length)}) on conflict (stream) do nothing`,
  moveHead: 'update stream_head set version = ?, state = ?, last_event_id = ? where stream = ? and version = ?',
  foldHead:
    'update stream_head set version = ?, state = ?, last_event_id = ?, view = ?, view_version = ? where stream = ? and version = ?',
  makeStep: `insert into step (${stepColumns.join(', ')}) values (${marks(stepColumns.length)}) on conflict (id) do nothing`,
  makeLane:
    'insert into lane (lane, kind, capabilities, only_agent, avoid_agent) values (?, ?, ?, ?, ?) on conflict (lane) do nothing',
  moveLane: `update step set lane = kind || '|' || capabilities || '|' || coalesce(only_agent, '') || '|' || coalesce(avoid_agent, '') where id = ?`,
  keepLane: `insert into lane (lane, kind, capabilities, only_agent, avoid_agent)
    select lane, kind, capabilities, only_agent, avoid_agent from step where id = ? on conflict (lane) do nothing`,
  moveCursor: 'update subscription set xid = ?, position = ? where name = ? and xid = ? and position = ?',
  makeLetter: `insert into dead_letter (subscription, event_id, error, attempts, at) values (?, ?, ?, ?, ${on.clock})`,
  takeLetter: 'delete from dead_letter where subscription = ? and event_id = ?',
  makeEvent: `insert into event (${eventColumns.join(', ')}) values (${marks(eventColumns.length)})`,
  count: `insert into trace (correlation_id, first_at, last_at, events, errors) values (?, ?, ?, ?, ?) on conflict (correlation_id, shard) do update set
    first_at = min(trace.first_at, excluded.first_at), last_at = max(trace.last_at, excluded.last_at),
    events = trace.events + excluded.events, errors = trace.errors + excluded.errors`,
};

/**
 * One write inside of a transaction: heads, then steps, then the cursor, all under their conditions, then the events and what is counted of
 * them. A result other than `written` asks for a rollback.
 */
export const applyWrite = (transaction: Transaction, write: Write): WriteResult => {
  checkWrite(write);
  const run = (sql: string, values: readonly Value[]) => transaction.change({ sql, values });
  for (const it of write.heads)
    if (run(...headStatement(it)) === 0) return { status: 'version', which: it.head.stream };
  for (const change of write.changeSteps ?? []) {
    if (run(...changeStatement(change)) === 0) return { status: 'step', which: change.id };
    if (change.set.onlyAgent !== undefined || change.set.avoidAgent !== undefined) {
      run(texts.moveLane, [change.id]);
      run(texts.keepLane, [change.id]);
    }
  }
  const kept = (write.changeSteps ?? []).map((it) => it.id);
  for (const { workflowId, stream } of write.endSteps ?? [])
    run(
      `update step set state = 'cancelled', token = token + 1, holder = null, holder_agent = null, lease_until = null
        where workflow_id = ? and stream = ? and state not in ('done', 'cancelled')${kept.length === 0 ? '' : ` and id not in (${marks(kept.length)})`}`,
      [workflowId, stream, ...kept],
    );
  const lanes = new Map<string, StepRow>();
  for (const step of write.insertSteps ?? []) {
    const lane = laneOf(step);
    if (run(texts.makeStep, stepValues(step, lane)) === 0) return { status: 'step', which: step.id };
    lanes.set(lane, step);
  }
  for (const it of write.starts ?? []) {
    const started = start(transaction, it);
    if (typeof started === 'string')
      return { status: started, which: started === 'version' ? it.step.stream : it.step.id };
    lanes.set(started.lane, it.step);
  }
  for (const [lane, step] of lanes)
    run(texts.makeLane, [lane, step.kind, JSON.stringify(step.capabilities), step.onlyAgent, step.avoidAgent]);
  if (write.cursor) {
    const { name, from, to } = write.cursor;
    if (run(texts.moveCursor, [to.xid, to.position, name, from.xid, from.position]) === 0)
      return { status: 'cursor', which: name };
  }
  if (write.deadLetter) {
    const { subscription, eventId, error, attempts } = write.deadLetter;
    run(texts.makeLetter, [subscription, eventId, plainText(error), attempts]);
  }
  for (const { subscription, eventId } of write.takeDeadLetters ?? [])
    if (run(texts.takeLetter, [subscription, eventId]) === 0) return { status: 'letter', which: eventId };
  tell(transaction, write.events);
  return { status: 'written' };
};

/** What was told in a transaction and is not counted yet. */
const uncounted = new WeakMap<Transaction, EventRow[]>();

/** Appends events, whose heads have moved; {@link countTold} has to follow before the commit. */
export const tell = (transaction: Transaction, events: readonly EventRow[]): void => {
  let told = uncounted.get(transaction);
  if (!told) uncounted.set(transaction, (told = []));
  for (const event of events) {
    const row = event.at === '' ? { ...event, at: transaction.now() } : event;
    transaction.change({ sql: texts.makeEvent, values: eventValues(row) });
    told.push(row);
  }
};

/** Counts what was told in a transaction: once for all its jobs, because most of them tell of few traces. */
export const countTold = (transaction: Transaction): void => {
  const told = uncounted.get(transaction);
  if (!told) return;
  uncounted.delete(transaction);
  for (const trace of tracesOf(told)) transaction.change({ sql: texts.count, values: traceValues(trace) });
};

/** Moves a stream on that nobody has read and puts its step into the queue; or says what refuses it. */
const start = (
  transaction: Transaction,
  { event, step, unless }: Start,
): { readonly lane: string } | 'version' | 'step' => {
  const [row] = transaction.run({
    sql: startText(step.due.length),
    values: [event.id, step.stream, ...step.due, unless.stream, unless.state],
  });
  if (!row) return 'version';
  const lane = laneOf(step);
  const ranked = { ...step, rank: step.rank + Date.parse(transaction.now()) };
  if (transaction.change({ sql: texts.makeStep, values: stepValues(ranked, lane) }) === 0) return 'step';
  tell(transaction, [{ ...event, version: Number(row['version']) }]);
  return { lane };
};

const startTexts = new Map<number, string>();

/** By how many states the stream may be in; none stands for any. */
const startText = (states: number): string => {
  const known = startTexts.get(states);
  if (known !== undefined) return known;
  const made = `update stream_head set version = version + 1, last_event_id = ? where stream = ? and token = 0${states === 0 ? '' : ` and state in (${marks(states)})`}
    and not exists (select 1 from stream_head w where w.stream = ? and w.state = ?) returning version`;
  startTexts.set(states, made);
  return made;
};

const headStatement = (it: HeadWrite): [string, readonly Value[]] => {
  const { head, expectedVersion } = it;
  if (expectedVersion === 0) return [texts.makeHead, headValues(it)];
  const to = [head.version, head.state, head.lastEventId];
  if (head.view === undefined) return [texts.moveHead, [...to, head.stream, expectedVersion]];
  return [texts.foldHead, [...to, JSON.stringify(head.view), head.version, head.stream, expectedVersion]];
};

const changeStatement = ({ id, expect, set }: StepChange): [string, readonly Value[]] => {
  const fields: (keyof StepChange['set'])[] = [];
  const values: Value[] = [];
  // Keys of typed code, which the compiler knows as texts only.
  for (const field of Object.keys(set) as typeof fields) {
    const value = set[field];
    if (value === undefined) continue;
    fields.push(field);
    values.push(stepValue(field, value));
  }
  values.push(id, expect.state, expect.token);
  if (expect.holder !== undefined) values.push(expect.holder);
  return [changeText(fields, expect.holder !== undefined), values];
};

/** There are few ways in which steps are changed, and each text is written once. */
const changeTexts = new Map<string, string>();

const changeText = (fields: readonly (keyof StepChange['set'])[], ofHolder: boolean): string => {
  const way = `${fields.join()} ${ofHolder}`;
  const known = changeTexts.get(way);
  if (known !== undefined) return known;
  // Looked up, never pasted.
  const set = fields.length === 0 ? 'id = id' : fields.map((field) => `${stepColumn[field]} = ?`).join(', ');
  const made = `update step set ${set} where id = ? and state = ? and token = ?${ofHolder ? ' and holder = ?' : ''}`;
  changeTexts.set(way, made);
  return made;
};

const stepValues = (step: StepRow, lane: string): Value[] => {
  const values = stepFields.map((field) => stepValue(field, step[field]));
  values.push(lane);
  return values;
};

const traceValues = (trace: TraceRow): Value[] => [
  trace.correlationId,
  trace.firstAt,
  trace.lastAt,
  trace.events,
  trace.errors,
];
