import { marks, type Read, type Value } from './dialect.ts';
import type { StepCount, StepState, Store } from './port.ts';
import { agentOf, stepColumn, stepFields, stepOf } from './rows.ts';

type QueueReads = Pick<Store, 'steps' | 'stepCounts' | 'nextDue' | 'agents'>;

const columns = stepFields.map((it) => stepColumn[it]).join(', ');

const stepStates: readonly StepState[] = ['ready', 'scheduled', 'paused', 'parked', 'claimed', 'done', 'cancelled'];

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
    // In the words of their index.
    if (query.limited) add(`limits <> '[]' and state not in ('done', 'cancelled')`);
    if (query.leaseBefore !== undefined) add(`state = 'claimed' and lease_until < ?`, query.leaseBefore);
    const rows = await read(`select ${columns} from step where ${where.join(' and ')} order by id limit ?`, [
      ...values,
      query.limit,
    ]);
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
