import type { Write } from '../port.ts';
import { laneOf, stepColumn, stepValue } from '../rows.ts';
import { tracesOf } from '../write-rules.ts';
import type { StepChange, StepRow } from '../port.ts';

/** What a write touches. Two writes of one batch, or of two batches under way, never share one of these. */
export const touchedBy = (write: Write): readonly string[] => [
  ...write.heads.map((it) => it.head.stream),
  ...(write.endSteps ?? []).map((it) => it.stream),
  ...(write.changeSteps ?? []).map((it) => it.id),
  ...(write.insertSteps ?? []).map((it) => it.id),
  ...(write.cursor ? [write.cursor.name] : []),
  ...(write.takeDeadLetters ?? []).map((it) => it.eventId),
];

/** How many rows a write has, more or less. */
export const sizeOf = (write: Write): number =>
  write.events.length + write.heads.length + (write.insertSteps?.length ?? 0) + 1;

type Column = (string | number | null)[];

const transposed = (rows: readonly (readonly (string | number | null)[])[], columns: number): Column[] =>
  Array.from({ length: columns }, (_, i) => rows.map((row) => row[i] ?? null));

const by = <T>(all: readonly T[], key: (it: T) => string): readonly T[] =>
  all.length < 2 ? all : all.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));

/** The values for the function of `write-function.ts`, in its order. */
export const valuesOf = (writes: readonly Write[], shard: number): unknown[] => {
  const heads = by(
    writes.flatMap((it) => it.heads),
    (it) => it.head.stream,
  );
  const changes = by(
    writes.flatMap((it) => it.changeSteps ?? []),
    (it) => it.id,
  );
  const steps = writes.flatMap((it) => it.insertSteps ?? []);
  const ends = writes.flatMap((it) => it.endSteps ?? []);
  const events = writes.flatMap((it) => it.events);
  const traces = by(tracesOf(events), (it) => it.correlationId);
  return [
    ...transposed(changes.map(changeValues), 7),
    ...transposed(
      heads
        .filter((it) => it.expectedVersion > 0)
        .map(({ head, expectedVersion }) => [
          head.stream,
          expectedVersion,
          head.version,
          head.state,
          head.lastEventId,
          head.view === undefined ? null : JSON.stringify(head.view),
        ]),
      6,
    ),
    ...transposed(
      heads
        .filter((it) => it.expectedVersion === 0)
        .map(({ head }) => [
          head.stream,
          head.kind,
          head.id,
          head.correlationId,
          head.version,
          head.state,
          head.lastEventId,
          head.view === undefined ? null : JSON.stringify(head.view),
          head.token,
        ]),
      9,
    ),
    ...transposed(
      ends.map((it) => [it.workflowId, it.stream]),
      2,
    ),
    ...transposed(steps.map(newStepValues), 20),
    ...transposed(
      events.map((it) => [
        it.id,
        it.type,
        it.stream,
        it.version,
        it.correlationId,
        it.causationId,
        it.commandId ?? null,
        it.actor,
        it.at,
        JSON.stringify(it.data),
      ]),
      10,
    ),
    ...transposed(
      traces.map((it) => [it.correlationId, it.firstAt, it.lastAt, it.events, it.errors]),
      5,
    ),
    shard,
    restOf(writes),
  ];
};

/** What leaves the claim anyway needs no word: a step that is not claimed any more has no holder and no lease. */
const changeValues = ({ id, expect, set }: StepChange): Column => {
  const { state, lastEventId, ...others } = set;
  const left = state !== undefined && state !== 'claimed';
  const rest: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(others) as [keyof typeof others, unknown][]) {
    if (value === undefined || (field === 'token' && value === expect.token)) continue;
    if (left && value === null && (field === 'holder' || field === 'holderAgent' || field === 'leaseUntil')) continue;
    rest[stepColumn[field]] = stepValue(field, value);
  }
  const isPlain = Object.keys(rest).length === 0;
  return [
    id,
    expect.state,
    expect.token,
    expect.holder ?? null,
    state ?? null,
    lastEventId ?? null,
    isPlain ? null : JSON.stringify(rest),
  ];
};

const newStepValues = (step: StepRow): Column => {
  const isFresh =
    step.token === 0 &&
    step.attempt === 0 &&
    step.failures === 0 &&
    step.rescues === 0 &&
    step.holder === null &&
    step.limits.length === 0;
  return [
    step.id,
    step.kind,
    step.stream,
    step.taskId,
    step.workflowId,
    laneOf(step),
    JSON.stringify(step.capabilities),
    step.priority,
    step.rank,
    step.state,
    step.runAt,
    step.maxAttempts,
    step.maxRescues,
    step.onlyAgent,
    step.avoidAgent,
    step.due.join(','),
    step.becomes,
    step.lastEventId,
    JSON.stringify(step.payload ?? null),
    isFresh
      ? null
      : JSON.stringify({
          token: step.token,
          attempt: step.attempt,
          failures: step.failures,
          rescues: step.rescues,
          holder: step.holder,
          holder_agent: step.holderAgent,
          lease_until: step.leaseUntil,
          limits: JSON.stringify(step.limits),
        }),
  ];
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
  const letters = writes.flatMap((it) => (it.deadLetter ? [it.deadLetter] : []));
  const taken = writes.flatMap((it) => it.takeDeadLetters ?? []);
  if (cursors.length + letters.length + taken.length === 0) return null;
  return JSON.stringify({ cursors, letters, taken });
};
