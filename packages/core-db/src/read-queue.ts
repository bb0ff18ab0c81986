import { marks, type Dialect, type Read, type Value } from './dialect.ts';
import type { StepState, Store } from './port.ts';
import { agentOf, stepColumn, stepFields, stepOf } from './rows.ts';

type QueueReads = Pick<Store, 'claimable' | 'steps' | 'nextDue' | 'agents'>;

const columns = stepFields.map((it) => stepColumn[it]).join(', ');

const stepStates: readonly StepState[] = ['ready', 'scheduled', 'paused', 'claimed', 'done', 'cancelled'];

/** An agent whose last beat is older is not counted on, though its lease may still hold. */
const aliveMs = 15_000;

/** How the queue and the agents are read; the same statements on both databases. */
export const createQueueReads = (read: Read, on: Dialect): QueueReads => ({
  claimable: async ({ kinds, agent, capabilities, limit }) => {
    const [first] = await read(
      `select ${on.clock} as now, (select max(other.beat_at) from agent me join agent other on other.role = me.role and other.agent <> me.agent
        where me.agent = ? and other.status <> 'draining') as peer`,
      [agent],
    );
    const now = first?.['now'] as string;
    const peer = first?.['peer'] as string | null;
    const hasPeer = peer !== null && Date.parse(now) - Date.parse(peer) < aliveMs;
    const mine = `(only_agent is null or only_agent = ?) and ${on.capable(capabilities.length)}${hasPeer ? ' and (avoid_agent is null or avoid_agent <> ?)' : ''}`;
    const given: Value[] = [agent, ...capabilities, ...(hasPeer ? [agent] : [])];
    // One part for each kind and state, so that each is read in the order of its own index and stops at the limit.
    const part = (due: string) =>
      `select * from (select seq, ${columns} from step where kind = ? and ${due} and ${mine} order by priority desc, seq limit ?) part`;
    const parts = [...new Set(kinds)].flatMap((kind) => [
      { sql: part(`state = 'ready'`), values: [kind, ...given, limit] },
      { sql: part(`state = 'scheduled' and run_at <= ?`), values: [kind, now, ...given, limit] },
    ]);
    if (parts.length === 0) return [];
    const rows = await read(`${parts.map((it) => it.sql).join(' union all ')} order by priority desc, seq limit ?`, [
      ...parts.flatMap((it) => it.values),
      limit,
    ]);
    return rows.map(stepOf);
  },

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
    }
    if (query.leaseBefore !== undefined) add(`state = 'claimed' and lease_until < ?`, query.leaseBefore);
    const rows = await read(`select ${columns} from step where ${where.join(' and ')} order by seq limit ?`, [
      ...values,
      query.limit,
    ]);
    return rows.map(stepOf);
  },

  nextDue: async (kinds) => {
    const [row] = await read(
      `select run_at from step where state = 'scheduled' and kind in (${marks(kinds.length)}) order by run_at limit 1`,
      kinds,
    );
    return (row?.['run_at'] ?? null) as string | null;
  },

  agents: async () => (await read('select * from agent order by agent, incarnation')).map(agentOf),
});
