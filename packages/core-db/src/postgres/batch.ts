import { plainText } from '@hive/errors';
import type { ClaimQuery, HeadWrite, Start, StepChange, StepRow, Write } from '../port.ts';
import { laneOf, stepColumn, stepValue } from '../rows.ts';
import { tracesOf } from '../write-rules.ts';
import { arrayOf, joined } from './arrays.ts';

/** What a write touches. Two writes of one batch, or of two batches under way, never share one of these. */
export const touchedBy = (write: Write): readonly string[] => {
  const touched: string[] = [];
  for (const { head } of write.heads) touched.push(head.stream);
  for (const { stream } of write.endSteps ?? []) touched.push(stream);
  for (const { id } of write.changeSteps ?? []) touched.push(id);
  for (const { id, stream } of write.insertSteps ?? []) touched.push(id, stream);
  for (const { step } of write.starts ?? []) touched.push(step.stream, step.id);
  if (write.cursor) touched.push(write.cursor.name);
  for (const { eventId } of write.takeDeadLetters ?? []) touched.push(eventId);
  return touched;
};

/** How many rows a write has, more or less. */
export const sizeOf = (write: Write): number =>
  write.events.length + write.heads.length + (write.insertSteps?.length ?? 0) + 3 * (write.starts?.length ?? 0) + 1;

const by = <T>(all: readonly T[], key: (it: T) => string): readonly T[] =>
  all.length < 2 ? all : all.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));

const viewOf = ({ head }: HeadWrite): string | null => (head.view === undefined ? null : JSON.stringify(head.view));

/** The values for the function of `write-function.ts`, in its order. */
export const valuesOf = (writes: readonly Write[], shard: number): unknown[] => {
  const heads = by(
    writes.flatMap((it) => it.heads),
    (it) => it.head.stream,
  );
  const changes = by(
    writes.flatMap((it, write) => (it.changeSteps ?? []).map((change) => ({ ...change, write }))),
    (it) => it.id,
  );
  const old = heads.filter((it) => it.expectedVersion > 0);
  const made = heads.filter((it) => it.expectedVersion === 0);
  const starts = by(
    writes.flatMap((it) => it.starts ?? []),
    (it) => it.step.stream,
  );
  const steps = [...starts.map((it) => it.step), ...writes.flatMap((it) => it.insertSteps ?? [])];
  const ends = writes.flatMap((it, write) => (it.endSteps ?? []).map((end) => ({ ...end, write })));
  const known = writes.flatMap((it) => it.events);
  const events = [...starts.map((it) => it.event), ...known];
  const traces = by(tracesOf(events), (it) => it.correlationId);
  const untimed = new Set(events.filter((it) => it.at === '').map((it) => it.correlationId));
  return [
    arrayOf(changes, (it) => it.id),
    arrayOf(changes, (it) => it.write),
    arrayOf(changes, (it) => it.expect.state),
    arrayOf(changes, (it) => it.expect.token),
    arrayOf(changes, (it) => it.expect.holder ?? null),
    arrayOf(changes, (it) => it.set.state ?? null),
    arrayOf(changes, (it) => it.set.lastEventId ?? null),
    joined(changes, restOfChange),
    arrayOf(old, (it) => it.head.stream),
    arrayOf(old, (it) => it.expectedVersion),
    arrayOf(old, (it) => it.head.version),
    arrayOf(old, (it) => it.head.state),
    arrayOf(old, (it) => it.head.lastEventId),
    joined(old, viewOf),
    arrayOf(made, (it) => it.head.stream),
    arrayOf(made, (it) => it.head.kind),
    arrayOf(made, (it) => it.head.id),
    arrayOf(made, (it) => it.head.correlationId),
    arrayOf(made, (it) => it.head.version),
    arrayOf(made, (it) => it.head.state),
    arrayOf(made, (it) => it.head.lastEventId),
    joined(made, viewOf),
    arrayOf(made, (it) => it.head.token),
    ...startValues(starts),
    arrayOf(ends, (it) => it.write),
    arrayOf(ends, (it) => it.workflowId),
    arrayOf(ends, (it) => it.stream),
    arrayOf(steps, (it) => it.id),
    arrayOf(steps, (it) => it.kind),
    arrayOf(steps, (it) => it.stream),
    arrayOf(steps, (it) => it.taskId),
    arrayOf(steps, (it) => it.workflowId),
    arrayOf(steps, laneOf),
    joined(steps, (it) => JSON.stringify(it.capabilities)),
    arrayOf(steps, (it) => it.priority),
    arrayOf(steps, (it) => it.rank),
    arrayOf(steps, (it) => it.state),
    arrayOf(steps, (it) => it.runAt),
    arrayOf(steps, (it) => it.maxAttempts),
    arrayOf(steps, (it) => it.maxRescues),
    arrayOf(steps, (it) => it.onlyAgent),
    arrayOf(steps, (it) => it.avoidAgent),
    arrayOf(steps, (it) => it.due.join(',')),
    arrayOf(steps, (it) => it.becomes),
    arrayOf(steps, (it) => it.lastEventId),
    joined(steps, (it) => JSON.stringify(it.payload ?? null)),
    joined(steps, restOfStep),
    arrayOf(events, (it) => it.id),
    arrayOf(events, (it) => it.type),
    arrayOf(events, (it) => it.stream),
    arrayOf(known, (it) => it.version),
    arrayOf(events, (it) => it.correlationId),
    arrayOf(events, (it) => it.causationId),
    arrayOf(events, (it) => it.commandId ?? null),
    arrayOf(events, (it) => it.actor),
    arrayOf(events, (it) => it.at),
    joined(events, (it) => JSON.stringify(it.data)),
    arrayOf(traces, (it) => it.correlationId),
    arrayOf(traces, (it) => it.firstAt),
    arrayOf(traces, (it) => it.lastAt),
    arrayOf(traces, (it) => String(untimed.has(it.correlationId))),
    arrayOf(traces, (it) => it.events),
    arrayOf(traces, (it) => it.errors),
    shard,
    restOf(writes),
  ];
};

const startValues = (starts: readonly Start[]): unknown[] => [
  arrayOf(starts, (it) => it.step.stream),
  arrayOf(starts, (it) => it.event.id),
  arrayOf(starts, (it) => it.step.due.join(',')),
  arrayOf(starts, (it) => it.unless.stream),
  arrayOf(starts, (it) => it.unless.state),
];

/** What writes put into the queue that do nothing else, if the claim may win all of it; else null. */
export const startsFor = (query: ClaimQuery, writes: readonly Write[]): readonly Start[] | null => {
  const starts = writes.flatMap((it) => it.starts ?? []);
  const fits = starts.length <= query.limit && writes.every(isOnlyStarts) && starts.every((it) => mayWin(query, it));
  return fits ? starts : null;
};

const isOnlyStarts = ({ events, heads, starts, ...rest }: Write): boolean =>
  starts !== undefined && events.length + heads.length === 0 && Object.values(rest).every((it) => it === undefined);

/** What the claim function asks of the lane of a step, as far as it can be told without the other agents; and that nothing of the start is unusual. */
const mayWin = ({ kinds, agent, capabilities }: ClaimQuery, { step, event }: Start): boolean =>
  event.type === 'task.assigned' &&
  event.at === '' &&
  step.lastEventId === event.id &&
  step.state === 'ready' &&
  restOfStep(step) === null &&
  kinds.includes(step.kind) &&
  step.avoidAgent === null &&
  (step.onlyAgent === null || step.onlyAgent === agent) &&
  step.capabilities.every((it) => !it.startsWith('!') && capabilities.includes(it));

/** Starts for the function of `start-function.ts`; `place` is that among what is won. */
export const textOfStarts = (starts: readonly Start[]): string => {
  const won = by(starts, ({ step }) => step.id).toSorted((a, b) => a.step.rank - b.step.rank);
  return JSON.stringify(by(starts, (it) => it.step.stream).map((start) => textOfStart(start, won.indexOf(start) + 1)));
};

const textOfStart = ({ event, step, unless }: Start, place: number): unknown => ({
  stream: step.stream,
  event: event.id,
  type: event.type,
  correlation: event.correlationId,
  causation: event.causationId,
  command: event.commandId,
  actor: event.actor,
  data: event.data,
  unless: unless.stream,
  held: unless.state,
  id: step.id,
  kind: step.kind,
  task_id: step.taskId,
  workflow_id: step.workflowId,
  lane: laneOf(step),
  capabilities: step.capabilities,
  priority: step.priority,
  rank: step.rank,
  due: step.due.join(','),
  becomes: step.becomes,
  max_attempts: step.maxAttempts,
  max_rescues: step.maxRescues,
  only_agent: step.onlyAgent,
  payload: step.payload ?? null,
  place,
});

/** What leaves the claim anyway needs no word: a step that is not claimed any more has no holder and no lease. */
const restOfChange = ({ expect, set }: StepChange): string | null => {
  const left = set.state !== undefined && set.state !== 'claimed';
  let rest: Record<string, unknown> | null = null;
  for (const [field, value] of Object.entries(set) as [keyof typeof set, unknown][]) {
    if (field === 'state' || field === 'lastEventId' || value === undefined) continue;
    if (field === 'token' && value === expect.token) continue;
    if (left && value === null && (field === 'holder' || field === 'holderAgent' || field === 'leaseUntil')) continue;
    rest ??= {};
    rest[stepColumn[field]] = stepValue(field, value);
  }
  return rest && JSON.stringify(rest);
};

const restOfStep = (step: StepRow): string | null => {
  const isFresh =
    step.token === 0 &&
    step.attempt === 0 &&
    step.failures === 0 &&
    step.rescues === 0 &&
    step.holder === null &&
    step.limits.length === 0;
  if (isFresh) return null;
  return JSON.stringify({
    token: step.token,
    attempt: step.attempt,
    failures: step.failures,
    rescues: step.rescues,
    holder: step.holder,
    holder_agent: step.holderAgent,
    lease_until: step.leaseUntil,
    limits: JSON.stringify(step.limits),
  });
};

/** The rare parts, as JSON; null when no write has one. */
const restOf = (writes: readonly Write[]): string | null => {
  const cursors = writes.flatMap(({ cursor }) =>
    cursor
      ? [
          {
            name: cursor.name,
            xid: cursor.from.xid,
            position: cursor.from.position,
            toXid: cursor.to.xid,
            toPosition: cursor.to.position,
          },
        ]
      : [],
  );
  const letters = writes.flatMap(({ deadLetter: it }) => (it ? [{ ...it, error: plainText(it.error) }] : []));
  const taken = writes.flatMap((it) => it.takeDeadLetters ?? []);
  if (cursors.length + letters.length + taken.length === 0) return null;
  return JSON.stringify({ cursors, letters, taken });
};
