import { HiveError } from '@hive/errors';
import { foldStream, isEventType, parseStream, stateOf } from '@hive/events';
import type { Session } from '../backup/session.ts';
import { canonicalJson } from '../canonical-json.ts';
import { marks, type Row, type Value } from '../dialect.ts';
import type { Head, LoggedEvent } from '../port.ts';
import { eventOf, eventSelect, headOf, stepOf, type KeptHead } from '../rows.ts';
import { createAnnouncedSteps, type AnnouncedStep } from './announced-steps.ts';
import type { Differences } from './differences.ts';
import { insertRow } from './insert-row.ts';

const perPage = 500;

/** What was seen on the way. */
export type HeadsSeen = { readonly events: number; readonly heads: number; readonly steps: number };

/**
 * Folds every stream from its first event and compares its head and its steps with the rows; with `write` a head that differs is replaced.
 * Holds a page of events and one stream's state at a time. Throws `transition.refused` for a log that cannot be folded, `store.newer` for one that a newer Hive has written to.
 */
export const rebuildHeads = async (session: Session, differences: Differences, write: boolean): Promise<HeadsSeen> => {
  const seen = { events: 0, heads: 0, steps: 0 };
  let stream: StreamFold | null = null;
  let after: readonly [string, number] = ['', 0];
  for (;;) {
    const rows: readonly Row[] = await session.run(
      `select ${eventSelect} from event where (stream, version) > (?, ?) order by stream, version limit ?`,
      [...after, perPage],
    );
    const events = rows.map(eventOf);
    const live = await headsOf(session, events);
    const ended: StreamFold[] = [];
    for (const event of events) {
      if (stream?.head.stream !== event.stream) {
        if (stream) ended.push(stream);
        stream = beginFold(event, live.get(event.stream) ?? null);
      }
      foldOne(stream, event);
      after = [event.stream, event.version];
    }
    const isLast = rows.length < perPage;
    if (isLast && stream) ended.push(stream);
    await compareHeads(session, ended, { differences, write });
    const steps = ended.flatMap((it) => it.steps.all());
    await compareSteps(session, steps, differences);
    seen.events += rows.length;
    seen.heads += ended.length;
    seen.steps += steps.length;
    if (isLast) break;
  }
  await foreignRows(session, differences, write);
  return seen;
};

/** A stream on the way: its row as it is, and its head as its events make it. */
type StreamFold = {
  readonly live: KeptHead | null;
  head: Head;
  /** The view at the version up to which the row's view is folded: claims leave it behind. */
  kept: unknown;
  readonly steps: ReturnType<typeof createAnnouncedSteps>;
};

const headsOf = async (session: Session, events: readonly LoggedEvent[]): Promise<ReadonlyMap<string, KeptHead>> => {
  const names = [...new Set(events.map((it) => it.stream))];
  const rows = await session.run(`select * from stream_head where stream in (${marks(names.length)})`, names);
  return new Map(rows.map((row) => [row['stream'] as string, headOf(row)]));
};

const beginFold = ({ stream, correlationId }: LoggedEvent, live: KeptHead | null): StreamFold => ({
  live,
  head: { stream, ...parseStream(stream), correlationId, version: 0, state: '', lastEventId: '', token: 0, view: null },
  kept: null,
  steps: createAnnouncedSteps(),
});

const foldOne = (fold: StreamFold, event: LoggedEvent): void => {
  if (!isEventType(event.type))
    throw new HiveError(
      'store.newer',
      `${event.stream} tells of ${String(event.type)}, which only a newer Hive knows; rebuild with that one`,
      { remedy: 'fix_config', details: { type: event.type, eventId: event.id } },
    );
  const view = foldStream(fold.head.view, event);
  const { stream, version, id } = event;
  const token = event.type === 'task.claimed' ? Math.max(fold.head.token, event.data.token) : fold.head.token;
  fold.head = { ...fold.head, version, state: stateOf(stream, view), lastEventId: id, token, view };
  if (version === fold.live?.viewVersion) fold.kept = view;
  fold.steps.see(event);
};

const compareHeads = async (
  session: Session,
  folds: readonly StreamFold[],
  { differences, write }: { readonly differences: Differences; readonly write: boolean },
): Promise<void> => {
  for (const fold of folds) {
    const says = differenceOf(fold);
    if (says === null) continue;
    const { head } = fold;
    differences.add({ table: 'stream_head', key: head.stream, says });
    if (!write) continue;
    await session.run('delete from stream_head where stream = ?', [head.stream]);
    await insertRow(session, 'stream_head', rowOf(head));
  }
};

const rowOf = (head: Head): Readonly<Record<string, Value>> => ({
  stream: head.stream,
  kind: head.kind,
  id: head.id,
  correlation_id: head.correlationId,
  version: head.version,
  state: head.state,
  last_event_id: head.lastEventId,
  token: head.token,
  view: JSON.stringify(head.view),
  view_version: head.version,
});

const differenceOf = ({ live, head, kept }: StreamFold): string | null => {
  if (!live) return 'has events and no row';
  const wanted = { ...head, view: kept };
  const fields = Object.keys(wanted) as (keyof Head)[];
  const differing = fields.filter((it) => canonicalJson(live[it]) !== canonicalJson(wanted[it]));
  return differing.length === 0 ? null : `differs in ${differing.join(', ')}`;
};

const compareSteps = async (session: Session, steps: readonly AnnouncedStep[], differences: Differences) => {
  for (let from = 0; from < steps.length; from += perPage) {
    const part = steps.slice(from, from + perPage);
    const rows = await session.run(
      `select * from step where id in (${marks(part.length)})`,
      part.map((it) => it.id),
    );
    const live = new Map(rows.map((row) => [row['id'] as string, stepOf(row)]));
    for (const step of part) {
      const row = live.get(step.id);
      const fields = Object.keys(step) as (keyof AnnouncedStep)[];
      const differing = fields.filter((it) => row && row[it] !== step[it]);
      const says = !row
        ? 'was announced and has no row'
        : differing.length > 0
          ? `differs in ${differing.join(', ')}`
          : null;
      if (says !== null) differences.add({ table: 'step', key: step.id, says });
    }
  }
};

/** Rows that no event speaks of. */
const foreignRows = async (session: Session, differences: Differences, write: boolean): Promise<void> => {
  const says = 'has a row and no events';
  const heads = await session.run(
    'select stream from stream_head h where not exists (select 1 from event e where e.stream = h.stream)',
  );
  for (const row of heads) {
    const key = row['stream'] as string;
    differences.add({ table: 'stream_head', key, says });
    if (write) await session.run('delete from stream_head where stream = ?', [key]);
  }
  const steps = await session.run(
    `select id from step s where not exists (select 1 from event e where e.type = 'task.assigned' and e.data ->> 'stepId' = s.id
      and e.stream = case when s.task_id is null then 'workflow/' || s.workflow_id else 'task/' || s.task_id end)`,
  );
  for (const row of steps) differences.add({ table: 'step', key: row['id'] as string, says });
};
