import { sql } from 'drizzle-orm';
import type { Columns } from './columns.ts';

/** The tables of Hive, written once for both databases. Moments are ISO texts in UTC with milliseconds, so they sort as texts. */
export const defineTables = (c: Columns) => ({
  /** The log. Append-only; triggers refuse everything else. */
  event: c.table(
    'event',
    {
      position: c.serial('position'),
      xid: c.xid('xid'),
      id: c.text('id').notNull(),
      type: c.text('type').notNull(),
      stream: c.text('stream').notNull(),
      version: c.count('version').notNull(),
      correlationId: c.text('correlation_id').notNull(),
      causationId: c.text('causation_id'),
      commandId: c.text('command_id'),
      actor: c.text('actor').notNull(),
      at: c.text('at').notNull(),
      data: c.json('data').notNull(),
    },
    (t) => [
      c.unique('event_id').on(t.id),
      c.unique('event_stream').on(t.stream, t.version),
      ...c.logOrder(t.xid, t.position),
      c.index('event_correlation').on(t.correlationId, t.position),
    ],
  ),
  /** One row per stream: its version and the fold of its events. */
  streamHead: c.table(
    'stream_head',
    {
      stream: c.text('stream').primaryKey(),
      kind: c.text('kind').notNull(),
      id: c.text('id').notNull(),
      correlationId: c.text('correlation_id').notNull(),
      version: c.count('version').notNull(),
      state: c.text('state').notNull(),
      lastEventId: c.text('last_event_id').notNull(),
      xid: c.xid('xid'),
      /** The highest fencing token that was given out on this stream. */
      token: c.count('token').notNull().default(0),
      view: c.json('view').notNull(),
      /** Up to which version the view is folded; claims leave it behind, and readers fold the rest. */
      viewVersion: c.count('view_version').notNull().default(0),
    },
    (t) => [
      c.index('head_kind').on(t.kind, t.id),
      c.index('head_correlation').on(t.correlationId, t.kind, t.id),
      ...c.headStates(t),
    ],
  ),
  /** The work queue. Waiting and ended rows are in none of the indexes that claims read. */
  step: c.table(
    'step',
    {
      id: c.text('id').primaryKey(),
      kind: c.text('kind').notNull(),
      /** Where its events are told. */
      stream: c.text('stream').notNull(),
      taskId: c.text('task_id'),
      workflowId: c.text('workflow_id').notNull(),
      /** Who may take it, as one word; see the table `lane`. */
      lane: c.text('lane').notNull(),
      capabilities: c.json('capabilities').notNull(),
      priority: c.count('priority').notNull(),
      /** Its place in the lane: lower goes first. */
      rank: c.count('rank').notNull(),
      /** Keys of which only so many may be ready or claimed at once, as JSON. */
      limits: c.text('limits').notNull().default('[]'),
      state: c.text('state').notNull(),
      runAt: c.text('run_at'),
      token: c.count('token').notNull(),
      attempt: c.count('attempt').notNull(),
      failures: c.count('failures').notNull(),
      rescues: c.count('rescues').notNull(),
      maxAttempts: c.count('max_attempts').notNull(),
      maxRescues: c.count('max_rescues').notNull(),
      onlyAgent: c.text('only_agent'),
      avoidAgent: c.text('avoid_agent'),
      /** In which states of its stream it may be claimed, with commas; empty: in any. And what the claim makes of that state. */
      due: c.text('due').notNull(),
      becomes: c.text('becomes'),
      holder: c.text('holder'),
      holderAgent: c.text('holder_agent'),
      leaseUntil: c.text('lease_until'),
      lastEventId: c.text('last_event_id').notNull(),
      xid: c.xid('xid'),
      payload: c.json('payload').notNull(),
    },
    (t) => [
      c
        .index('step_ready')
        .on(t.lane, t.rank, t.id)
        .where(sql`state = 'ready'`),
      c
        .index('step_due')
        .on(t.runAt)
        .where(sql`state = 'scheduled'`),
      c
        .index('step_limited')
        .on(t.rank)
        .where(sql`limits <> '[]' and state not in ('done', 'cancelled')`),
      ...c.openSteps(t),
    ],
  ),
  /** Every set of demands that a step ever had. A claim looks only into the lanes that its agent may take from. */
  lane: c.table('lane', {
    lane: c.text('lane').primaryKey(),
    kind: c.text('kind').notNull(),
    capabilities: c.json('capabilities').notNull(),
    onlyAgent: c.text('only_agent'),
    avoidAgent: c.text('avoid_agent'),
  }),
  /** How far each subscription has read. */
  subscription: c.table('subscription', {
    name: c.text('name').primaryKey(),
    xid: c.text('xid').notNull(),
    position: c.count('position').notNull(),
  }),
  /** Events that a subscription could not handle. */
  deadLetter: c.table('dead_letter', {
    seq: c.serial('seq'),
    subscription: c.text('subscription').notNull(),
    eventId: c.text('event_id').notNull(),
    error: c.text('error').notNull(),
    attempts: c.count('attempts').notNull(),
    at: c.text('at').notNull(),
  }),
  /** What is counted of a correlation id with each commit. In shards, so that writers of one trace do not wait for each other. */
  trace: c.table(
    'trace',
    {
      correlationId: c.text('correlation_id').notNull(),
      shard: c.count('shard').notNull().default(0),
      firstAt: c.text('first_at').notNull(),
      lastAt: c.text('last_at').notNull(),
      events: c.count('events').notNull(),
      errors: c.count('errors').notNull(),
    },
    (t) => [c.key(t.correlationId, t.shard)],
  ),
  /** Processes that are there. */
  agent: c.table('agent', {
    incarnation: c.text('incarnation').primaryKey(),
    agent: c.text('agent').notNull(),
    role: c.text('role').notNull(),
    host: c.text('host').notNull(),
    pid: c.count('pid').notNull(),
    capabilities: c.json('capabilities').notNull(),
    status: c.text('status').notNull(),
    load: c.share('load').notNull(),
    startedAt: c.text('started_at').notNull(),
    beatAt: c.text('beat_at').notNull(),
    version: c.text('version').notNull(),
    /** What others look at to see whether the process lives; see `hold` of the port. */
    mark: c.text('mark'),
    /** What it measured of its machine. */
    figures: c.json('figures'),
  }),
  /** Facts about the store itself, such as the version of its schema. */
  meta: c.table('meta', { key: c.text('key').primaryKey(), value: c.text('value').notNull() }),
});
