import { foldStream, parseStream, stateOf } from '@hive/events';
import type { Session } from '../backup/session.ts';
import { canonicalJson } from '../canonical-json.ts';
import { marks } from '../dialect.ts';
import type { Head, LoggedEvent } from '../port.ts';
import { eventOf, eventSelect, headColumns, headOf, headValues, stepOf } from '../rows.ts';
import { createAnnouncedSteps, type AnnouncedStep } from './announced-steps.ts';
import type { Differences } from './differences.ts';

const perPage = 500;

/** What was seen on the way. */
export type HeadsSeen = { readonly events: number; readonly heads: number; readonly steps: number };

/**
 * Folds every stream from its first event and compares its head and its steps with the rows; with `write` a head that differs is replaced.
 * Holds a page of events and one stream's state at a time. Throws `transition.refused` for a log that cannot be folded.
 */
export const rebuildHeads = async (session: Session, differences: Differences, write: boolean): Promise<HeadsSeen> => {
  const seen = { events: 0, heads: 0, steps: 0 };
  let stream: StreamFold | null = null;
  let after: readonly [string, number] = ['', 0];
  for (;;) {
    const rows = await session.run(
      `select ${eventSelect} from event where (stream, version) > (?, ?) order by stream, version limit ?`,
      [...after, perPage],
    );
    const ended: StreamFold[] = [];
    for (const event of rows.map(eventOf)) {
      if (stream?.head.stream !== event.stream) {
        if (stream) ended.push(stream);
        stream = beginFold(event);
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

type StreamFold = { head: Head; readonly steps: ReturnType<typeof createAnnouncedSteps> };

const beginFold = ({ stream, correlationId }: LoggedEvent): StreamFold => ({
  head: { stream, ...parseStream(stream), correlationId, version: 0, state: '', lastEventId: '', view: null },
  steps: createAnnouncedSteps(),
});

const foldOne = (fold: StreamFold, event: LoggedEvent): void => {
  const view = foldStream(fold.head.view, event);
  const state = stateOf(event.stream, view);
  fold.head = { ...fold.head, version: event.version, state, lastEventId: event.id, view };
  fold.steps.see(event);
};

const compareHeads = async (
  session: Session,
  folds: readonly StreamFold[],
  { differences, write }: { readonly differences: Differences; readonly write: boolean },
): Promise<void> => {
  if (folds.length === 0) return;
  const names = folds.map((it) => it.head.stream);
  const rows = await session.run(`select * from stream_head where stream in (${marks(names.length)})`, names);
  const live = new Map(rows.map((row) => [row['stream'] as string, headOf(row)]));
  const columns = columnsOf(session, 'stream_head', headColumns);
  for (const { head } of folds) {
    const was = live.get(head.stream);
    const says = was ? differenceOf(was, head) : 'has events and no row';
    if (says === null) continue;
    differences.add({ table: 'stream_head', key: head.stream, says });
    if (!write) continue;
    await session.run('delete from stream_head where stream = ?', [head.stream]);
    await session.insert('stream_head', columns, [headValues(head)]);
  }
};

/** Columns of a table with their kinds, in the order of these names. */
export const columnsOf = (session: Session, table: string, names: readonly string[]) =>
  names.flatMap((name) => session.tables.find((it) => it.name === table)?.columns.find((it) => it.name === name) ?? []);

const differenceOf = (was: Head, is: Head): string | null => {
  const fields = Object.keys(is) as (keyof Head)[];
  const differing = fields.filter((it) => canonicalJson(was[it]) !== canonicalJson(is[it]));
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
