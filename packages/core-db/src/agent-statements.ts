import type { Dialect, Statement } from './dialect.ts';
import type { AgentRow } from './port.ts';

const columns = [
  'incarnation',
  'agent',
  'role',
  'host',
  'pid',
  'capabilities',
  'status',
  'load',
  'started_at',
  'version',
  'mark',
  'figures',
];

/** Writes an agent's row with the time of the database. A known mark is written with it, since `hold` may come before the first beat. */
export const beatStatement = (agent: Omit<AgentRow, 'beatAt'>, mark: string | null, on: Dialect): Statement => ({
  sql: `insert into agent (${columns.join(', ')}, beat_at) values (${columns.map(() => '?').join(', ')}, ${on.clock})
    on conflict (incarnation) do update set status = excluded.status, load = excluded.load, capabilities = excluded.capabilities,
      mark = excluded.mark, figures = excluded.figures, beat_at = excluded.beat_at`,
  values: [
    agent.incarnation,
    agent.agent,
    agent.role,
    agent.host,
    agent.pid,
    JSON.stringify(agent.capabilities),
    agent.status,
    agent.load,
    agent.startedAt,
    agent.version,
    mark,
    agent.figures === undefined ? null : JSON.stringify(agent.figures),
  ],
});

/** Sets the mark of an agent that has beaten already. */
export const markStatement = 'update agent set mark = ? where incarnation = ?';
