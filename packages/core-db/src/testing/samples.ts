import { randomUUID } from 'node:crypto';
import type { StreamKind } from '@hive/events';
import type { EventRow, Head, Start, StepRow, Write } from '../port.ts';

/** A moment for rows whose time does not matter. */
export const moment = '2026-11-21T12:00:00.000Z';

/** An event of a stream; only the store's own rules apply to it, not those of the catalogue's states. */
export const sampleEvent = (stream: string, version: number, given: Partial<EventRow> = {}): EventRow => ({
  id: randomUUID(),
  type: 'system.alert_resolved',
  stream,
  version,
  correlationId: stream,
  causationId: null,
  actor: 'test',
  at: moment,
  data: { alert: 'x' },
  ...given,
  // The parts belong to one event of the catalogue, which the compiler cannot see through the spread.
});

const headOf = (events: readonly EventRow[], given: Partial<Head>): Head => {
  const last = events.at(-1);
  if (!last) throw new Error('a head needs an event');
  const [kind, id] = last.stream.split('/');
  return {
    stream: last.stream,
    kind: kind as StreamKind,
    id: id ?? last.stream,
    correlationId: last.correlationId,
    version: last.version,
    state: '',
    lastEventId: last.id,
    token: 0,
    view: { last: last.type },
    ...given,
  };
};

/** A write of some events of one stream, after `expectedVersion`. */
export const sampleWrite = (
  stream: string,
  expectedVersion: number,
  given: { readonly events?: readonly Partial<EventRow>[]; readonly head?: Partial<Head> } & Omit<
    Partial<Write>,
    'events'
  > = {},
): Write => {
  const { events = [{}], head = {}, ...rest } = given;
  const made = events.map((it, i) => sampleEvent(stream, expectedVersion + i + 1, it));
  return { events: made, heads: [{ head: headOf(made, head), expectedVersion }], ...rest };
};

/** A step that anyone may take. */
export const sampleStep = (given: Partial<StepRow> = {}): StepRow => ({
  id: randomUUID(),
  kind: 'work',
  stream: 'task/task',
  taskId: 'task',
  workflowId: 'workflow',
  capabilities: [],
  priority: 0,
  rank: 0,
  limits: [],
  due: [],
  becomes: null,
  state: 'ready',
  runAt: null,
  token: 0,
  attempt: 0,
  failures: 0,
  rescues: 0,
  maxAttempts: 3,
  maxRescues: 3,
  onlyAgent: null,
  avoidAgent: null,
  holder: null,
  holderAgent: null,
  leaseUntil: null,
  lastEventId: 'event',
  payload: null,
  ...given,
});

/** The first step of a stream, in the trace `started`, for whoever is capable of that. */
export const sampleStart = (stream: string, given: Partial<StepRow> = {}): Start => {
  const data = { taskId: null, step: 'work', attempt: 1, stepId: randomUUID(), agent: null, because: 'test' } as const;
  const event = sampleEvent(stream, 0, { type: 'task.assigned', correlationId: 'started', at: '', data } as object);
  return {
    event,
    step: sampleStep({ stream, capabilities: ['started'], lastEventId: event.id, ...given }),
    unless: { stream: 'box/nobody', state: 'held' },
  };
};

/** An agent as it beats. */
export const sampleAgent = (
  agent: string,
  given: { readonly incarnation?: string; readonly status?: 'idle' | 'busy' | 'draining' } = {},
) => ({
  incarnation: given.incarnation ?? randomUUID(),
  agent,
  role: 'worker',
  host: 'here',
  pid: 1,
  capabilities: [],
  status: given.status ?? ('idle' as const),
  load: 0,
  startedAt: moment,
  version: '0.1.0',
});
