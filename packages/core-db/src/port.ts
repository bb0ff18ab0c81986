import type { HiveEvent, Step, StreamKind } from '@hive/events';
import type { AuditTrail } from './audit/read-trail.ts';
import type { RingMask } from './ring-mask.ts';

/**
 * A place in the log's one order. SQLite: `{ xid: '0', position }`; PostgreSQL: transaction id and position, compared as a pair.
 * `xid` is text because it does not fit into a JavaScript number.
 */
export type Cursor = { readonly xid: string; readonly position: number };

/** The place before the first event. */
export const origin: Cursor = { xid: '0', position: 0 };

/** An event with its place, as today's code knows it; `stored` is what was recorded, where that is older or newer. */
export type LoggedEvent = HiveEvent & {
  readonly cursor: Cursor;
  readonly stored?: { readonly type: string; readonly data: unknown };
};

/** An event that is complete but for its position. An empty `at` stands for the store's time while it is written. */
export type EventRow = Omit<HiveEvent, 'position'>;

/** What is kept of a stream beside its events. */
export type Head = {
  readonly stream: string;
  readonly kind: StreamKind;
  readonly id: string;
  readonly correlationId: string;
  readonly version: number;
  /** The state of a task or workflow, else empty; for lists. */
  readonly state: string;
  readonly lastEventId: string;
  /** The highest fencing token that a claim was given on this stream. */
  readonly token: number;
  /** The fold of the stream. Plain JSON. */
  readonly view: unknown;
};

/**
 * A head as it is to be after a write; the token of a stream that exists is left to its claims. `expectedVersion` 0: the stream must not exist yet. Without `view` the kept one stays behind, and
 * readers fold the newer events on top of it; only under a claim may the view of a task or a workflow be left.
 */
export type HeadWrite = {
  readonly head: Omit<Head, 'view'> & { readonly view?: unknown };
  readonly expectedVersion: number;
};

/** The states of a step in the queue. `scheduled` waits for `runAt`, `paused` for its workflow to be resumed, `parked` for room
 * under its limits; the last two are ended. */
export type StepState = 'ready' | 'scheduled' | 'paused' | 'parked' | 'claimed' | 'done' | 'cancelled';

/** One row of the work queue. */
export type StepRow = {
  readonly id: string;
  readonly kind: Step;
  /** Where its events are told. */
  readonly stream: string;
  readonly taskId: string | null;
  readonly workflowId: string;
  /** Capabilities that the holder must have, sorted. */
  /** What it asks of its holder; never changed. With a `!` before it, the name of an agent that may not take it at all. */
  readonly capabilities: readonly string[];
  readonly priority: number;
  /** How many steps of a key may be ready or claimed at once; most have no limit. */
  readonly limits: readonly { readonly key: string; readonly max: number }[];
  /** Its place among the ready ones: lower goes first. A moment in milliseconds, with a head start for its priority. */
  readonly rank: number;
  /** In which states of its stream it may be claimed; empty: in any. */
  readonly due: readonly string[];
  /** The state of the stream after the claim; null: unchanged. */
  readonly becomes: string | null;
  readonly state: StepState;
  readonly runAt: string | null;
  /** That of the stream's latest claim, which grows with each; an older one can write nothing. */
  readonly token: number;
  /** Which try this is, from 1; counts claims. */
  readonly attempt: number;
  /** Failures of the work so far, and leases lost so far; each has its own cap. */
  readonly failures: number;
  readonly rescues: number;
  readonly maxAttempts: number;
  readonly maxRescues: number;
  /** Only this agent may take it; null: anyone capable. */
  readonly onlyAgent: string | null;
  /** This agent takes it only when nobody else is alive who could (the author of a change that is to be checked). */
  readonly avoidAgent: string | null;
  /** The incarnation that holds the claim, and its agent's name. */
  readonly holder: string | null;
  readonly holderAgent: string | null;
  readonly leaseUntil: string | null;
  /** The last event of this step: the cause of its next one. */
  readonly lastEventId: string;
  /** Small JSON for the handler. */
  readonly payload: unknown;
};

/** Open steps of one kind in one state. `oldest` is the id of an event, and tells its time. */
export type StepCount = {
  readonly kind: Step;
  readonly state: StepState;
  readonly count: number;
  readonly oldest: string;
};

/** How many open steps with the same limits are in one state. */
export type LimitCount = Pick<StepRow, 'limits' | 'state'> & { readonly count: number };

/** A change of one step that only happens when token, state (and holder, when given) still are as expected. */
export type StepChange = {
  readonly id: string;
  readonly expect: { readonly state: StepState; readonly token: number; readonly holder?: string };
  readonly set: Partial<Omit<StepRow, 'id' | 'kind' | 'stream' | 'taskId' | 'workflowId' | 'capabilities' | 'limits'>>;
};

/** What a process asks the queue for. Scheduled steps that are due count as ready. */
export type ClaimQuery = {
  readonly kinds: readonly Step[];
  readonly agent: string;
  readonly incarnation: string;
  readonly capabilities: readonly string[];
  readonly limit: number;
  readonly leaseMs: number;
  /** Written into the events. */
  readonly actor: string;
  /** Asked once for a uuid that is like no other one in all but its last three digits; by these the ids of the events differ. */
  readonly newId: () => string;
};

/** A step that was won, as it is now, the head of its stream after the `task.claimed`, and that of its workflow; null when there is none. */
export type Claimed = { readonly step: StepRow; readonly head: Head; readonly workflow: Head | null };

/**
 * A step for a stream that its writer has not read. It is taken when no claim was ever given on the stream, which is in one of the states in which
 * the step is due, and refused (`version`) otherwise. The stream moves on by the event; its view stays behind.
 */
export type Start = {
  /** Told in the stream of the step, under its next version; what is given as its version does not count. */
  readonly event: EventRow;
  /** As it is to be; its rank counts from the store's time. */
  readonly step: StepRow;
  /** Refused as well while this other stream is in this state. */
  readonly unless: { readonly stream: string; readonly state: string };
};

/** Everything of one commit. All of it happens, or nothing. */
export type Write = {
  readonly events: readonly EventRow[];
  /** The heads after the events. */
  readonly heads: readonly HeadWrite[];
  readonly insertSteps?: readonly StepRow[];
  readonly starts?: readonly Start[];
  readonly changeSteps?: readonly StepChange[];
  /** Streams that have ended: every open step of theirs is cancelled, but those of `insertSteps` and `changeSteps`. */
  readonly endSteps?: readonly { readonly workflowId: string; readonly stream: string }[];
  /** Moves a subscription by compare-and-set. */
  readonly cursor?: { readonly name: string; readonly from: Cursor; readonly to: Cursor };
  readonly deadLetter?: {
    readonly subscription: string;
    readonly eventId: string;
    readonly error: string;
    readonly attempts: number;
  };
  /** Takes dead letters off the list; refused (`letter`) when one is not there any more. */
  readonly takeDeadLetters?: readonly { readonly subscription: string; readonly eventId: string }[];
};

/**
 * `repeated`: every event of the write was already recorded with the same content, so nothing was done. The others wrote nothing:
 * `version` (a stream had moved on, or met a later transaction), `step` (a claim was lost or a step taken), `cursor` (another reader was faster),
 * `letter` (a dead letter was taken by somebody else).
 */
export type WriteResult =
  | { readonly status: 'written' | 'repeated' }
  | { readonly status: 'version' | 'step' | 'cursor' | 'letter'; readonly which: string };

/** Which events: all conditions must hold. `types` are topics or patterns: `task.*`, `workflow.submitted`, `*`. */
export type EventQuery = {
  readonly after?: Cursor;
  readonly types?: readonly string[];
  readonly correlationId?: string;
  readonly stream?: string;
  /** Nothing that comes after this place; not with `newest`. */
  readonly upTo?: Cursor;
  readonly limit: number;
  /** Newest first; `after` goes on there: with what is older. */
  readonly newest?: boolean;
};

/** Events in log order, and how far the reader has looked: a filter that finds nothing still moves on. */
export type EventPage = { readonly events: readonly LoggedEvent[]; readonly looked: Cursor };

/** An event as it is stored, without what every event of its trace has: the payload is its JSON, and no older shape of it was made new. */
export type StoredEvent = Pick<LoggedEvent, 'id' | 'position' | 'stream' | 'causationId' | 'actor' | 'at'> & {
  /** With the position its place in the log. */
  readonly xid: string;
  readonly type: string;
  readonly data: string;
};

/** A row of the list of traces; counts are kept with the commits. */
export type TraceRow = {
  readonly correlationId: string;
  readonly firstAt: string;
  readonly lastAt: string;
  readonly events: number;
  readonly errors: number;
};

/** A process that takes steps or follows the log. Rows, not events: beats come every few seconds. */
export type AgentRow = {
  readonly incarnation: string;
  readonly agent: string;
  readonly role: string;
  readonly host: string;
  readonly pid: number;
  readonly capabilities: readonly string[];
  readonly status: 'idle' | 'busy' | 'draining';
  readonly load: number;
  readonly startedAt: string;
  readonly beatAt: string;
  readonly version: string;
  /** What it measured of its machine, as small JSON with times of its own; absent: it measures nothing. */
  readonly figures?: unknown;
};

/** One broken invariant of ARCHITECTURE section 7: its number, what it says, and who breaks it (at most 20 named). */
export type InvariantReport = {
  readonly number: number;
  readonly name: string;
  readonly status: 'holds' | 'broken' | 'not checkable here';
  readonly offenders: readonly string[];
  readonly ms: number;
  readonly note?: string;
};

/** How far readers of the log are held back, and by whom: events that are committed and not visible yet, and the age of the oldest. */
export type Horizon = {
  readonly hidden: number;
  readonly lagMs: number;
  /** The oldest transaction of the cluster that writes, by anyone; null when it has just ended or may not be seen. */
  readonly blocker: { readonly who: string; readonly database: string | null; readonly since: string | null } | null;
};

/** What state a stream is in. */
export type HeadState = Pick<Head, 'id' | 'correlationId' | 'state'>;

/**
 * The database behind one port. Every write is one atomic {@link Write} that was computed from what was read before it and is refused
 * when that has changed, so the rules live once, in `@hive/bus`, and not once per dialect.
 * Errors: `store.unavailable` (retry; give_up once it is closed), `store.readonly`, `store.newer` (fix_config), `infra.disk`; `input.invalid` for
 * numbers that are not whole, `event.invalid` for names with control characters (up to U+0008) or halves of characters, `event.id_reused`.
 */
export type Store = {
  readonly dialect: 'sqlite' | 'postgres' | 'memory';
  /** The database's clock, ISO with milliseconds. */
  now(): Promise<string>;
  write(write: Write): Promise<WriteResult>;

  /** Heads by stream name (missing ones are left out) together with the database's time. */
  heads(streams: readonly string[]): Promise<{ readonly heads: ReadonlyMap<string, Head>; readonly now: string }>;
  /** Heads of a kind, newest id first unless `oldest`; `before` continues a list, `ending` finds ids by their last characters. */
  listHeads(query: {
    readonly kind: StreamKind;
    readonly correlationId?: string;
    readonly states?: readonly string[];
    readonly before?: string;
    readonly ending?: string;
    readonly oldest?: boolean;
    readonly limit: number;
  }): Promise<readonly Head[]>;
  /** How the streams of a kind stand in these traces, in no order: far less to read than their heads. */
  headStates(kind: StreamKind, correlationIds: readonly string[]): Promise<readonly HeadState[]>;
  countHeads(kind: StreamKind): Promise<Readonly<Record<string, number>>>;

  events(query: EventQuery): Promise<EventPage>;
  event(id: string): Promise<LoggedEvent | null>;
  /** The cursor of a public position; null when there is no such event. 0 is the origin. */
  cursorAt(position: number): Promise<Cursor | null>;
  /** Events of a trace in log order, for whoever reads very many of them: no event is made whole that is looked at in passing. */
  storedEvents(query: {
    readonly correlationId: string;
    readonly after: Cursor;
    readonly limit: number;
  }): Promise<readonly StoredEvent[]>;
  /** The positions of those of these events that are in a trace, by id. */
  positions(correlationId: string, ids: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** The newest visible place. */
  end(): Promise<Cursor>;
  /** Newest first; with `ids` those alone. */
  traces(query: {
    readonly before?: string;
    readonly ids?: readonly string[];
    readonly limit: number;
  }): Promise<readonly TraceRow[]>;

  /** The cursor of a subscription; made at `start` when it does not exist. */
  subscription(name: string, start: 'origin' | 'end'): Promise<Cursor>;
  subscriptions(): Promise<readonly { readonly name: string; readonly cursor: Cursor }[]>;
  deadLetters(limit: number): Promise<
    readonly {
      readonly subscription: string;
      readonly eventId: string;
      readonly error: string;
      readonly attempts: number;
      readonly at: string;
    }[]
  >;

  /** Wins steps, best first; see {@link ClaimQuery}. Each claim is recorded as `task.claimed` in the same commit. */
  claim(query: ClaimQuery): Promise<readonly Claimed[]>;
  steps(query: {
    readonly ids?: readonly string[];
    readonly workflowId?: string;
    readonly taskId?: string;
    readonly holder?: string;
    readonly states?: readonly StepState[];
    /** Open ones that have limits; given some, those that have just these, best first. */
    readonly limited?: true | StepRow['limits'];
    readonly leaseBefore?: string;
    readonly limit: number;
  }): Promise<readonly StepRow[]>;
  /** How many open steps there are of each kind in each state, with the first of the last events of each group: since when the oldest is there. */
  stepCounts(): Promise<readonly StepCount[]>;
  /** How the open steps stand that have limits: far less to read than they are. */
  limitCounts(): Promise<readonly LimitCount[]>;
  /** When the next scheduled step of these kinds is due; null when none is. */
  nextDue(kinds: readonly Step[]): Promise<string | null>;
  /** Prolongs leases whose token and holder still are as claimed. Answers the ids that were prolonged. No event. */
  renew(
    claims: readonly { readonly id: string; readonly token: number }[],
    holder: string,
    leaseMs: number,
  ): Promise<readonly string[]>;

  beat(agent: Omit<AgentRow, 'beatAt'>): Promise<void>;
  agents(): Promise<readonly AgentRow[]>;
  forget(incarnation: string): Promise<void>;
  /** Makes this process's death visible to others at once (PostgreSQL: a session lock; SQLite: pid and start time in the agent row). */
  hold(incarnation: string): Promise<() => Promise<void>>;
  /** Which of these incarnations are surely gone. Unknown ones and ones on other hosts (SQLite) are not gone: their lease decides. */
  gone(incarnations: readonly string[]): Promise<readonly string[]>;

  /**
   * Tells every process that something was written, and of which kinds of step there may be more to take (default: all). A hint: may be lost, comes
   * after the commit, never throws. An unhurried one may come a little later, or not at all when somebody else rings meanwhile.
   */
  ring(about?: RingMask, options?: { readonly unhurried?: boolean }): void;
  /** Calls back when any process rang or something else says that the log grew; `about` holds what was rung since the last call. Returns the stop function. */
  listen(heard: (about: RingMask) => void): () => void;

  /**
   * Checks the invariants that a store can tell, at one moment of it and without holding up anybody. With the checkpoints of the audit
   * (`readTrail`, called before this; null: there are none) the chain is checked too, and with the home its artefacts are.
   */
  verify(options?: { readonly audit?: AuditTrail | null; readonly home?: string }): Promise<readonly InvariantReport[]>;
  /** A consistent copy of small facts for `hive doctor`: version, size in bytes, path or host (without secrets). */
  about(): Promise<{
    readonly database: string;
    readonly version: string;
    readonly bytes: number;
    readonly schema: number;
    /** SQLite: how much of it is the log beside the file, which readers that stay long keep from being emptied. */
    readonly walBytes?: number;
    /** The database is reached through a pooler that lends sessions: no locks and no rings, so leases and polling have to do. */
    readonly pooled?: boolean;
  }>;
  /** How far readers are behind the writers; only where they can be. */
  horizon?(): Promise<Horizon>;
  /** Ends when all that was asked to be written is. May be called twice; what is asked to be written from now on is refused. */
  close(): Promise<void>;
};
