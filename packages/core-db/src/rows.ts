import { upcast } from '@hive/events';
import type { Row, Value } from './dialect.ts';
import type {
  AgentRow,
  Cursor,
  EventRow,
  Head,
  HeadWrite,
  LoggedEvent,
  StepRow,
  StoredEvent,
  TraceRow,
} from './port.ts';

// Rows were written by this package from typed values, so reading them back asserts the same types.
const text = (row: Row, column: string): string => row[column] as string;
const maybe = (row: Row, column: string): string | null => row[column] as string | null;
const count = (row: Row, column: string): number => Number(row[column]);
const json = <T>(row: Row, column: string): T => JSON.parse(row[column] as string) as T;
const none: readonly never[] = [];
/** A list that is kept as JSON; most are empty. */
export const listOf = <T>(kept: string): readonly T[] => (kept === '[]' ? none : (JSON.parse(kept) as readonly T[]));

/** The names of a table's columns in the order of its values. */
const named = (...columns: string[]): readonly string[] => columns;

export const eventColumns = named(
  'id',
  'type',
  'stream',
  'version',
  'correlation_id',
  'causation_id',
  'command_id',
  'actor',
  'at',
  'data',
);

export const eventValues = (event: EventRow): Value[] => [
  event.id,
  event.type,
  event.stream,
  event.version,
  event.correlationId,
  event.causationId,
  event.commandId ?? null,
  event.actor,
  event.at,
  JSON.stringify(event.data),
];

/** The columns of an event as they are read. */
export const eventSelect = `cast(xid as text) as xid, position, ${eventColumns.join(', ')}`;

export const cursorOf = (row: Row): Cursor => ({ xid: text(row, 'xid'), position: count(row, 'position') });

export const eventOf = (row: Row): LoggedEvent => {
  const commandId = maybe(row, 'command_id');
  const stored = { type: text(row, 'type'), data: json<unknown>(row, 'data') };
  const known = upcast(stored);
  const cursor = cursorOf(row);
  const event = {
    id: text(row, 'id'),
    position: cursor.position,
    type: known.type,
    stream: text(row, 'stream'),
    version: count(row, 'version'),
    correlationId: text(row, 'correlation_id'),
    causationId: maybe(row, 'causation_id'),
    actor: text(row, 'actor'),
    at: text(row, 'at'),
    data: known.data,
    cursor,
  } as LoggedEvent;
  // Most events have neither, and copying all of them for these took as long as reading them.
  if (commandId === null && known === stored) return event;
  return { ...event, ...(commandId !== null && { commandId }), ...(known !== stored && { stored }) };
};

/** The columns of a stored event, under the names of its fields. */
export const storedSelect =
  'cast(xid as text) as xid, position, id, type, stream, causation_id as "causationId", actor, at, cast(data as text) as data';

/** SQLite's rows are stored events already; PostgreSQL's numbers are texts. */
export const storedOf = (row: Row): StoredEvent => {
  const { position } = row;
  return (typeof position === 'number' ? row : { ...row, position: Number(position) }) as StoredEvent;
};

/** The columns of a head. */
export const headColumns = named(
  'stream',
  'kind',
  'id',
  'correlation_id',
  'version',
  'state',
  'last_event_id',
  'view',
  'view_version',
  'token',
);

export const headValues = ({ head }: HeadWrite): Value[] => [
  head.stream,
  head.kind,
  head.id,
  head.correlationId,
  head.version,
  head.state,
  head.lastEventId,
  JSON.stringify(head.view ?? null),
  head.view === undefined ? 0 : head.version,
  head.token,
];

/** A head as it is read: its view is folded up to `viewVersion`. */
export type KeptHead = Head & { readonly viewVersion: number };

export const headOf = (row: Row): KeptHead => ({
  stream: text(row, 'stream'),
  kind: text(row, 'kind') as Head['kind'],
  id: text(row, 'id'),
  correlationId: text(row, 'correlation_id'),
  version: count(row, 'version'),
  state: text(row, 'state'),
  lastEventId: text(row, 'last_event_id'),
  token: count(row, 'token'),
  view: json(row, 'view'),
  viewVersion: count(row, 'view_version'),
});

/** The columns of a head beside those of a step, and the head of such a row. */
export const besideStep = headColumns.map((it) => `h.${it} as head_${it}`).join(', ');
export const headBeside = (row: Row): KeptHead => ({
  stream: text(row, 'head_stream'),
  kind: text(row, 'head_kind') as Head['kind'],
  id: text(row, 'head_id'),
  correlationId: text(row, 'head_correlation_id'),
  version: count(row, 'head_version'),
  state: text(row, 'head_state'),
  lastEventId: text(row, 'head_last_event_id'),
  token: count(row, 'head_token'),
  view: json(row, 'head_view'),
  viewVersion: count(row, 'head_view_version'),
});

/** The column of each field of a step. */
export const stepColumn = {
  id: 'id',
  kind: 'kind',
  stream: 'stream',
  taskId: 'task_id',
  workflowId: 'workflow_id',
  capabilities: 'capabilities',
  priority: 'priority',
  rank: 'rank',
  limits: 'limits',
  due: 'due',
  becomes: 'becomes',
  state: 'state',
  runAt: 'run_at',
  token: 'token',
  attempt: 'attempt',
  failures: 'failures',
  rescues: 'rescues',
  maxAttempts: 'max_attempts',
  maxRescues: 'max_rescues',
  onlyAgent: 'only_agent',
  avoidAgent: 'avoid_agent',
  holder: 'holder',
  holderAgent: 'holder_agent',
  leaseUntil: 'lease_until',
  lastEventId: 'last_event_id',
  payload: 'payload',
} as const satisfies Record<keyof StepRow, string>;

export const stepFields = Object.keys(stepColumn) as (keyof StepRow)[];

/** A field of a step as its column keeps it. */
export const stepValue = (field: keyof StepRow, value: unknown): Value => {
  if (field === 'capabilities' || field === 'payload' || field === 'limits') return listed(value);
  return field === 'due' ? (value as readonly string[]).join(',') : (value as Value);
};

const listed = (value: unknown): string => {
  if (value === null || value === undefined) return 'null';
  return Array.isArray(value) && value.length === 0 ? '[]' : JSON.stringify(value);
};

/** Who may take a step, as one word: claims read one lane after the other, each in its own order. */
export const laneOf = (step: Pick<StepRow, 'kind' | 'capabilities' | 'onlyAgent' | 'avoidAgent'>): string =>
  `${step.kind}|${JSON.stringify(step.capabilities)}|${step.onlyAgent ?? ''}|${step.avoidAgent ?? ''}`;

export const stepOf = (row: Row): StepRow => ({
  id: text(row, 'id'),
  kind: text(row, 'kind') as StepRow['kind'],
  stream: text(row, 'stream'),
  taskId: maybe(row, 'task_id'),
  workflowId: text(row, 'workflow_id'),
  capabilities: listOf(text(row, 'capabilities')),
  priority: count(row, 'priority'),
  rank: count(row, 'rank'),
  limits: listOf(text(row, 'limits')),
  due: text(row, 'due') === '' ? none : text(row, 'due').split(','),
  becomes: maybe(row, 'becomes'),
  state: text(row, 'state') as StepRow['state'],
  runAt: maybe(row, 'run_at'),
  token: count(row, 'token'),
  attempt: count(row, 'attempt'),
  failures: count(row, 'failures'),
  rescues: count(row, 'rescues'),
  maxAttempts: count(row, 'max_attempts'),
  maxRescues: count(row, 'max_rescues'),
  onlyAgent: maybe(row, 'only_agent'),
  avoidAgent: maybe(row, 'avoid_agent'),
  holder: maybe(row, 'holder'),
  holderAgent: maybe(row, 'holder_agent'),
  leaseUntil: maybe(row, 'lease_until'),
  lastEventId: text(row, 'last_event_id'),
  payload: json(row, 'payload'),
});

export const traceOf = (row: Row): TraceRow => ({
  correlationId: text(row, 'correlation_id'),
  firstAt: text(row, 'first_at'),
  lastAt: text(row, 'last_at'),
  events: count(row, 'events'),
  errors: count(row, 'errors'),
});

export const agentOf = (row: Row): AgentRow => ({
  incarnation: text(row, 'incarnation'),
  agent: text(row, 'agent'),
  role: text(row, 'role'),
  host: text(row, 'host'),
  pid: count(row, 'pid'),
  capabilities: json(row, 'capabilities'),
  status: text(row, 'status') as AgentRow['status'],
  load: count(row, 'load'),
  startedAt: text(row, 'started_at'),
  beatAt: text(row, 'beat_at'),
  version: text(row, 'version'),
  ...(row['figures'] !== null && { figures: json(row, 'figures') }),
});
