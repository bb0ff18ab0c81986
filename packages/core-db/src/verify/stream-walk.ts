import { foldStream, isEventType, parseStream, stateOf, type WorkflowView } from '@hive/events';
import { canonicalJson } from '../canonical-json.ts';
import { marks, type Row } from '../dialect.ts';
import type { Head, LoggedEvent } from '../port.ts';
import { eventOf, eventSelect, headOf } from '../rows.ts';
import { createOffenders, type Offenders, type Snapshot } from './check.ts';

/** What one walk over all streams finds out, by the number of the invariant. */
export type WalkFindings = Readonly<Record<1 | 3 | 4 | 5 | 6 | 8 | 10, Offenders>>;

const perPage = 500;
const outcomeAfterMs = 10 * 60_000;

/**
 * Reads every stream from its first event to its last and follows it with the folds and tables of the catalogue. Holds one page of events
 * and one stream's state at a time.
 */
export const walkStreams = async (snapshot: Snapshot): Promise<WalkFindings> => {
  const found: WalkFindings = {
    1: createOffenders(),
    3: createOffenders(),
    4: createOffenders(),
    5: createOffenders(),
    6: createOffenders(),
    8: createOffenders(),
    10: createOffenders(),
  };
  let walk: StreamWalk | null = null;
  let ended: StreamWalk[] = [];
  let at: readonly [string, number] = ['', 0];
  for (;;) {
    const rows: readonly Row[] = await snapshot.read(
      `select ${eventSelect} from event where stream > ? or (stream = ? and version > ?) order by stream, version limit ?`,
      [at[0], at[0], at[1], perPage],
    );
    for (const event of rows.map(eventOf)) {
      if (walk?.stream !== event.stream) {
        if (walk) ended.push(walk);
        walk = startWalk(event.stream);
      }
      follow(walk, event, found);
      at = [event.stream, event.version];
    }
    const last = rows.length < perPage;
    if (last && walk) ended.push(walk);
    await endStreams(ended, snapshot, found);
    ended = [];
    if (last) return found;
  }
};

/** One stream on the way: what was folded so far, and what the next event is compared with. */
type StreamWalk = {
  readonly stream: string;
  view: unknown;
  /** False once an event did not fit; its fold says nothing any more. */
  sound: boolean;
  last: LoggedEvent | null;
  started: boolean;
  readonly tokens: Map<string, number>;
  readonly waits: Map<string, string>;
};

const startWalk = (stream: string): StreamWalk => ({
  stream,
  view: null,
  sound: true,
  last: null,
  started: false,
  tokens: new Map(),
  waits: new Map(),
});

const follow = (walk: StreamWalk, event: LoggedEvent, found: WalkFindings): void => {
  const name = `${event.stream} version ${event.version}`;
  if (event.version !== (walk.last?.version ?? 0) + 1)
    found[8].add(`${name} follows version ${walk.last?.version ?? 0}`);
  if (walk.last && !isBefore(walk.last, event))
    found[8].add(`${name} comes before version ${walk.last.version} in the log`);
  if (event.type === 'workflow.started') walk.started = true;
  checkClaims(walk, event, name, found);
  walk.last = event;
  // A newer program may have written types that this one does not know; their folds are its own.
  if (!walk.sound || !isEventType(event.type)) return;
  try {
    walk.view = foldStream(walk.view, event);
  } catch (error) {
    walk.sound = false;
    found[5].add(`${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
};

const isBefore = (a: LoggedEvent, b: LoggedEvent): boolean => {
  const [xa, xb] = [BigInt(a.cursor.xid), BigInt(b.cursor.xid)];
  return xa < xb || (xa === xb && a.position < b.position);
};

/** Tokens of a step never fall and grow with each claim; a failed step is not claimed before its time. */
const checkClaims = (walk: StreamWalk, event: LoggedEvent, name: string, found: WalkFindings): void => {
  // Payloads were parsed when they were recorded; here only three fields of many kinds of events are looked at.
  const { step, token, retryAt } = event.data as { step?: string; token?: number; retryAt?: string | null };
  if (event.type === 'task.returned' || event.type === 'task.redriven') walk.waits.clear();
  if (step === undefined) return;
  if (event.type === 'task.assigned') walk.waits.delete(step);
  if (token === undefined) return;
  const seen = walk.tokens.get(step) ?? 0;
  if (token < seen || (event.type === 'task.claimed' && token === seen))
    found[4].add(`${name}: token ${token} of ${step} after ${seen}`);
  walk.tokens.set(step, Math.max(seen, token));
  if (event.type === 'task.attempt_failed' && retryAt) walk.waits.set(step, retryAt);
  if (event.type !== 'task.claimed') return;
  const wait = walk.waits.get(step);
  if (wait !== undefined && event.at < wait) found[6].add(`${name}: ${step} claimed before ${wait}`);
  walk.waits.delete(step);
};

const endStreams = async (
  ended: readonly StreamWalk[],
  { read, now }: Snapshot,
  found: WalkFindings,
): Promise<void> => {
  if (ended.length === 0) return;
  const rows = await read(
    `select * from stream_head where stream in (${marks(ended.length)})`,
    ended.map((it) => it.stream),
  );
  const heads = new Map(rows.map((row) => [row['stream'] as string, headOf(row)]));
  for (const walk of ended) {
    const difference = differenceOf(walk, heads.get(walk.stream));
    if (difference) found[10].add(`${walk.stream}: ${difference}`);
    const { kind } = parseStream(walk.stream);
    if (kind === 'merge') {
      const { intent } = (walk.view ?? { intent: null }) as { intent: { taskId: string } | null };
      if (intent && walk.last && Date.parse(now) - Date.parse(walk.last.at) > outcomeAfterMs)
        found[3].add(`${walk.stream}: the intent for task ${intent.taskId} has had no outcome since ${walk.last.at}`);
    }
    if (kind === 'workflow' && walk.started && walk.sound) await checkTasks(walk, read, found);
  }
};

const differenceOf = ({ stream, view, last, sound }: StreamWalk, head: Head | undefined): string | null => {
  if (!head) return 'has events and no head';
  if (head.version !== last?.version || head.lastEventId !== last.id)
    return `its head is at version ${head.version}, its last event at ${last?.version ?? 0}`;
  if (!sound) return null;
  if (canonicalJson(head.view) !== canonicalJson(view)) return 'its head is not the fold of its events';
  const { kind, id } = parseStream(stream);
  return head.state === stateOf(stream, view) && head.kind === kind && head.id === id
    ? null
    : 'its head is listed under a wrong state, kind or id';
};

/** Once a workflow has started, every task of its plan exists. */
const checkTasks = async (walk: StreamWalk, read: Snapshot['read'], found: WalkFindings): Promise<void> => {
  const { tasks } = walk.view as WorkflowView;
  for (let i = 0; i < tasks.length; i += perPage) {
    const streams = tasks.slice(i, i + perPage).map((it) => `task/${it.id}`);
    const rows = await read(
      `select stream from event where version = 1 and type = 'task.created' and stream in (${marks(streams.length)})`,
      streams,
    );
    const there = new Set(rows.map((row) => row['stream']));
    for (const stream of streams)
      if (!there.has(stream)) found[1].add(`${stream} of ${walk.stream} was planned and never created`);
  }
};
