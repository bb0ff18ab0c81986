import { marks, type Dialect, type Read, type Row, type Value } from './dialect.ts';
import type { Store } from './port.ts';
import { agentOf, stepColumn, stepFields, stepOf } from './rows.ts';

type QueueReads = Pick<Store, 'claimable' | 'steps' | 'nextDue' | 'agents'>;

const columns = stepFields.map((it) => stepColumn[it]).join(', ');

/** An agent whose last beat is older is not counted on, though its lease may still hold. */
const aliveMs = 15_000;

/** How the queue and the agents are read; the same statements on both databases. */
export const createQueueReads = (read: Read, on: Dialect): QueueReads => ({
  claimable: async ({ kinds, agent, capabilities, limit }) => {
    const [clock] = await read(`select ${on.clock} as now`);
    const now = clock?.['now'] as string;
    const [peer] = await read(
      `select 1 as found from agent me join agent other on other.role = me.role and other.agent <> me.agent
        where me.agent = ? and other.status <> 'draining' and other.beat_at > ? limit 1`,
      [agent, new Date(Date.parse(now) - aliveMs).toISOString()],
    );
    const mine = `(only_agent is null or only_agent = ?) and ${on.capable(capabilities.length)}${peer ? ' and (avoid_agent is null or avoid_agent <> ?)' : ''}`;
    const given: Value[] = [agent, ...capabilities, ...(peer ? [agent] : [])];
    // One statement for each kind and state, so that each is read in the order of its own index.
    const found: Row[] = [];
    for (const kind of new Set(kinds)) {
      found.push(
        ...(await read(
          `select seq, ${columns} from step where kind = ? and state = 'ready' and ${mine} order by priority desc, seq limit ?`,
          [kind, ...given, limit],
        )),
        ...(await read(
          `select seq, ${columns} from step where kind = ? and state = 'scheduled' and run_at <= ? and ${mine} order by priority desc, seq limit ?`,
          [kind, now, ...given, limit],
        )),
      );
    }
    return found
      .sort((a, b) => Number(b['priority']) - Number(a['priority']) || Number(a['seq']) - Number(b['seq']))
      .slice(0, limit)
      .map(stepOf);
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
    if (query.holder !== undefined) add('holder = ?', query.holder);
    if (query.states) add(`state in (${marks(query.states.length)})`, ...query.states);
    // Only claimed steps have a lease; naming the state lets the index of leases be used.
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
