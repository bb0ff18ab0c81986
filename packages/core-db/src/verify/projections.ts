import { errorTypes, foldStream, isEventType, parseStream, stateOf, upcast, type HiveEvent } from '@hive/events';
import { hasCode } from '@hive/errors';
import { canonicalJson } from '../canonical-json.ts';
import { marks, type Row } from '../dialect.ts';
import { headColumns, headOf } from '../rows.ts';
import { inPages, nameRows, ofTrace, said, type Check, type Snapshot } from './check.ts';

/** 10: the row of each trace is the sum of its events. */
export const tracesMatch: Check = (snapshot, offenders) =>
  nameRows(
    snapshot,
    offenders,
    `select coalesce(t.correlation_id, n.correlation_id) as trace_id from (select correlation_id, min(first_at) as first_at, max(last_at) as last_at, sum(events) as events, sum(errors) as errors
        from trace group by correlation_id) t full join
      (select correlation_id, count(*) as events, sum(case when type in (${marks(errorTypes.length)}) then 1 else 0 end) as errors,
        min(at) as first_at, max(at) as last_at from event group by correlation_id) n on n.correlation_id = t.correlation_id
      where t.events is distinct from n.events or t.errors is distinct from n.errors
        or t.first_at is distinct from n.first_at or t.last_at is distinct from n.last_at`,
    errorTypes,
    (row) => `trace ${said(row, 'trace_id')}: its row is not the sum of its events`,
  );

/**
 * 10: the head of each stream is the fold of its events. Events and heads are read in the order of their streams and meet there, a page of
 * each in memory.
 */
export const headsMatch: Check = async (snapshot, offenders) => {
  const heads = headsOf(snapshot);
  let head = await next(heads);
  let walk = null as Walk | null;
  const compareUpTo = async (ended: Walk | null): Promise<void> => {
    for (; head && (ended === null || said(head, 'stream') < ended.stream); head = await next(heads))
      offenders.add(`${said(head, 'stream')}: has a head and no events${ofTrace(head['correlation_id'])}`);
    if (ended === null) return;
    const mine = head && said(head, 'stream') === ended.stream ? head : null;
    const difference = differenceOf(ended, mine);
    if (difference) offenders.add(`${ended.stream}: ${difference}${ofTrace(ended.trace)}`);
    if (mine) head = await next(heads);
  };
  for await (const row of eventsOf(snapshot)) {
    const stream = said(row, 'stream');
    if (walk?.stream !== stream) {
      if (walk) await compareUpTo(walk);
      const keptAt = head && said(head, 'stream') === stream ? Number(head['view_version']) : null;
      walk = {
        stream,
        trace: said(row, 'correlation_id'),
        view: null,
        keptAt,
        kept: null,
        version: 0,
        lastEventId: '',
        token: 0,
        fault: null,
      };
    }
    follow(walk, row);
  }
  if (walk) await compareUpTo(walk);
  await compareUpTo(null);
};

/** One stream on the way: what was folded so far. */
type Walk = {
  readonly stream: string;
  readonly trace: string;
  view: unknown;
  /** Up to which version the kept view was folded, and the view there. Claims leave it behind (see `caughtUp`). */
  readonly keptAt: number | null;
  kept: unknown;
  version: number;
  lastEventId: string;
  /** The highest fencing token that was given out. */
  token: number;
  /** Why it could not be folded further. Events that do not fit are told as invariant 5, and those of a newer program are its own; both say nothing here. */
  fault: string | null;
};

const unfit = '';

const follow = (walk: Walk, row: Row): void => {
  walk.version = Number(row['version']);
  walk.lastEventId = said(row, 'id');
  if (walk.fault !== null) return;
  try {
    const { type, data } = upcast({ type: said(row, 'type'), data: JSON.parse(said(row, 'data')) as unknown });
    // A newer program has folded this stream, in its own way.
    if (!isEventType(type)) {
      walk.fault = unfit;
      return;
    }
    // A fold looks at these fields of an event alone.
    const fact = { type, stream: walk.stream, actor: said(row, 'actor'), at: said(row, 'at'), data };
    const event = fact as HiveEvent;
    walk.view = foldStream(walk.view, event);
    if (event.type === 'task.claimed') walk.token = Math.max(walk.token, event.data.token);
    if (walk.version === walk.keptAt) walk.kept = walk.view;
  } catch (error) {
    walk.fault = hasCode(error, 'transition.refused')
      ? unfit
      : `version ${walk.version} cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
};

const differenceOf = (
  { stream, trace, view, kept, version, lastEventId, token, fault }: Walk,
  row: Row | null,
): string | null => {
  if (!row) return 'has events and no head';
  if (Number(row['version']) !== version || row['last_event_id'] !== lastEventId)
    return `its head is at version ${said(row, 'version')}, its last event at ${version}`;
  if (fault !== null) return fault === unfit ? null : fault;
  if (Number(row['token']) !== token)
    return `its head has the token ${said(row, 'token')}, its claims were given ${token} at most`;
  if (row['correlation_id'] !== trace) return `its head is of the trace ${said(row, 'correlation_id')}`;
  // Most are equal to the letter; only the others are taken apart.
  if (row['view'] !== JSON.stringify(kept) && canonicalJson(headOf(row).view) !== canonicalJson(kept))
    return 'its head is not the fold of its events';
  const { kind, id } = parseStream(stream);
  return row['state'] === stateOf(stream, view) && row['kind'] === kind && row['id'] === id
    ? null
    : 'its head is listed under a wrong state, kind or id';
};

const eventsOf = (snapshot: Snapshot): AsyncGenerator<Row, void> =>
  inPages(snapshot, (last) => ({
    sql: 'select stream, version, id, type, correlation_id, actor, at, data from event where (stream, version) > (?, ?) order by stream, version',
    values: last ? [said(last, 'stream'), Number(last['version'])] : ['', 0],
  }));

const headsOf = (snapshot: Snapshot): AsyncGenerator<Row, void> =>
  inPages(snapshot, (last) => ({
    sql: `select ${headColumns.join(', ')} from stream_head where stream > ? order by stream`,
    values: [last ? said(last, 'stream') : ''],
  }));

const next = async (rows: AsyncGenerator<Row, void>): Promise<Row | null> => {
  const step = await rows.next();
  return step.done ? null : step.value;
};
