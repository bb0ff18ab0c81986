import { marks, type Read, type Value } from './dialect.ts';
import type { LimitCount, StepCount, StepState, Store } from './port.ts';
import { agentOf, listOf, stepColumn, stepFields, stepOf, stepValue } from './rows.ts';

type QueueReads = Pick<Store, 'steps' | 'stepCounts' | 'limitCounts' | 'nextDue' | 'agents'>;

const columns = stepFields.map((it) => stepColumn[it]).join(', ');

const stepStates: readonly StepState[] = ['ready', 'scheduled', 'paused', 'parked', 'claimed', 'done', 'cancelled'];

/** In the words of their index. */
const limited = `limits <> '[]' and state not in ('done', 'cancelled')`;

/** So few rows at once that PostgreSQL reads them in the order of their index, also where nobody has counted how few have limits. */
const perPage = 1_000;

/** What comes after a place in the queue, counted, and with the place that it ends at. */
const limitPage = `with page as (select limits, state, rank, id from step where ${limited} and (rank, id) > (?, ?) order by rank, id limit ?)
  select limits, state, count(*) as count, last_rank, last_id
    from page cross join (select rank as last_rank, id as last_id from page order by rank desc, id desc limit 1) as last
    group by limits, state, last_rank, last_id`;

/** How the queue and the agents are read; the same statements on both databases. */
export const createQueueReads = (read: Read): QueueReads => ({
  steps: async (query) => {
    const where = ['true'];
    const values: Value[] = [];
    const add = (sql: string, ...given: readonly Value[]) => {
      where.push(sql);
      values.push(...given);
    };
    if (query.ids) add(`id in (${marks(query.ids.length)})`, ...query.ids);
    if (query.workflowId !== undefined) add('workflow_id = ?', query.workflowId);
    if (query.taskId !== undefined) add('task_id = ?', query.taskId);
    // Only claimed steps have a holder and a lease; naming the state lets their index be used.
    if (query.holder !== undefined) add(`state = 'claimed' and holder = ?`, query.holder);
    // Written out, so that the index of the steps in one state is known to fit.
    if (query.states) {
      const states = stepStates.filter((it) => query.states?.includes(it));
      add(`(${states.map((it) => `state = '${it}'`).join(' or ') || 'false'})`);
      // Of several open states of everything SQLite would read every step that ever was: 280 ms beside a million events. In the words of the index it
      // reads what is open.
      const isOfAll = !query.ids && query.workflowId === undefined && query.taskId === undefined;
      if (isOfAll && states.length > 1 && !states.some((it) => it === 'done' || it === 'cancelled'))
        add(`state not in ('done', 'cancelled')`);
    }
    if (query.limited) add(limited);
    const just = Array.isArray(query.limited);
    if (just) add('limits = ?', stepValue('limits', query.limited));
    if (query.leaseBefore !== undefined) add(`state = 'claimed' and lease_until < ?`, query.leaseBefore);
    const rows = await read(
      `select ${columns} from step where ${where.join(' and ')} order by ${just ? 'rank, id' : 'id'} limit ?`,
      [...values, query.limit],
    );
    return rows.map(stepOf);
  },

  stepCounts: async () => {
    // In the words of the index of open steps. Ids of events grow with time, so the least is the oldest.
    const rows = await read(
      `select kind, state, count(*) as count, min(last_event_id) as oldest from step
       where state not in ('done', 'cancelled') group by kind, state order by kind, state`,
    );
    return rows.map((row) => ({ ...row, count: Number(row['count']) }) as StepCount); // the columns of the statement
  },

  limitCounts: async () => {
    const counts = new Map<string, LimitCount>();
    for (let after: readonly Value[] = [-Number.MAX_SAFE_INTEGER, '']; ;) {
      const rows = await read(limitPage, [...after, perPage]);
      let found = 0;
      for (const row of rows) {
        const [limits, state] = [row['limits'] as string, row['state'] as StepState];
        const count = Number(row['count']);
        found += count;
        const before = counts.get(`${limits} ${state}`)?.count ?? 0;
        counts.set(`${limits} ${state}`, { limits: listOf(limits), state, count: before + count });
      }
      if (found < perPage) return [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, count]) => count);
      after = [Number(rows[0]?.['last_rank']), rows[0]?.['last_id'] as string];
    }
  },

  nextDue: async (kinds) => {
    const [row] = await read(
      `select run_at from step where state = 'scheduled' and kind in (${marks(kinds.length)}) order by run_at limit 1`,
      kinds,
      { often: true },
    );
    return (row?.['run_at'] ?? null) as string | null;
  },

  agents: async () => (await read('select * from agent order by agent, incarnation')).map(agentOf),
});
