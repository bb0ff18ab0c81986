import { errorTypes } from '../write-rules.ts';
import { marks, type Row, type Value } from '../dialect.ts';
import { mostNamed, type Offenders, type Snapshot } from './check.ts';

type Check = (snapshot: Snapshot, offenders: Offenders) => Promise<void>;

const named = async (
  { read }: Snapshot,
  offenders: Offenders,
  sql: string,
  values: readonly Value[],
  say: (row: Row) => string,
) => {
  for (const row of await read(`${sql} limit ${mostNamed}`, values)) offenders.add(say(row));
};

/** 3: a task is merged once. */
export const mergedOnce: Check = (snapshot, offenders) =>
  named(
    snapshot,
    offenders,
    `select data ->> 'taskId' as task, count(*) as many from event where type = 'merge.completed' group by data ->> 'taskId' having count(*) > 1`,
    [],
    (row) => `task/${String(row['task'])} was merged ${String(row['many'])} times`,
  );

/** 6: no step failed or was rescued more often than it may. The rescue that goes over the cap is the one that ends it. */
export const withinCaps: Check = (snapshot, offenders) =>
  named(
    snapshot,
    offenders,
    `select id, kind, failures, rescues from step where failures > max_attempts or rescues > max_rescues + 1
      or (state in ('ready', 'scheduled', 'claimed') and (failures >= max_attempts or rescues > max_rescues))`,
    [],
    (row) =>
      `step ${String(row['id'])} (${String(row['kind'])}): ${String(row['failures'])} failures, ${String(row['rescues'])} rescues`,
  );

/** 7: no subscription has read further than the log goes. */
export const cursorsWithinLog: Check = async (snapshot, offenders) => {
  const [end] = await snapshot.read(
    `select cast(xid as text) as xid, position from event order by ${snapshot.on.order('backwards')} limit 1`,
  );
  const [xid, position] = [BigInt((end?.['xid'] as string | undefined) ?? '0'), Number(end?.['position'] ?? 0)];
  for (const row of await snapshot.read('select name, xid, position from subscription')) {
    const at = BigInt(row['xid'] as string);
    if (at > xid || (at === xid && Number(row['position']) > position))
      offenders.add(`subscription ${String(row['name'])} is beyond the end of the log`);
  }
};

/** Processes and machines tell of themselves outside of any workflow; each of their events may begin a trace. */
const ofProcesses = `(e.stream = 'system' or (e.stream >= 'agent/' and e.stream < 'agent0') or (e.stream >= 'box/' and e.stream < 'box0'))`;

/** 9: one root per trace; each cause exists, came earlier and belongs to the same trace. */
export const causesHold: Check = async (snapshot, offenders) => {
  await named(
    snapshot,
    offenders,
    `select e.correlation_id as trace, count(*) - count(e.causation_id) as roots from event e where not ${ofProcesses}
      group by e.correlation_id having count(*) - count(e.causation_id) <> 1`,
    [],
    (row) => `trace ${String(row['trace'])} has ${String(row['roots'])} roots`,
  );
  const later =
    snapshot.on.name === 'postgres' ? '(c.xid, c.position) >= (e.xid, e.position)' : 'c.position >= e.position';
  await named(
    snapshot,
    offenders,
    `select e.id, e.type, c.id as cause, c.correlation_id as theirs, e.correlation_id as ours from event e left join event c on c.id = e.causation_id
      where e.causation_id is not null and (c.id is null or c.correlation_id <> e.correlation_id or ${later})`,
    [],
    (row) =>
      `event ${String(row['id'])} (${String(row['type'])}): its cause ${row['cause'] === null ? 'does not exist' : row['theirs'] === row['ours'] ? 'comes later' : 'is of another trace'}`,
  );
};

/** 10: the rows that are kept beside the log say what the log says. Heads are compared by the walk. */
export const summariesMatch: Check = async (snapshot, offenders) => {
  await named(
    snapshot,
    offenders,
    'select h.stream from stream_head h where not exists (select 1 from event e where e.stream = h.stream)',
    [],
    (row) => `${String(row['stream'])}: has a head and no events`,
  );
  await named(
    snapshot,
    offenders,
    `select coalesce(t.correlation_id, n.correlation_id) as trace from trace t full join
      (select correlation_id, count(*) as events, sum(case when type in (${marks(errorTypes.length)}) then 1 else 0 end) as errors,
        min(at) as first_at, max(at) as last_at from event group by correlation_id) n on n.correlation_id = t.correlation_id
      where t.events is distinct from n.events or t.errors is distinct from n.errors
        or t.first_at is distinct from n.first_at or t.last_at is distinct from n.last_at`,
    errorTypes,
    (row) => `trace ${String(row['trace'])}: its row is not the sum of its events`,
  );
};

/** 12: each model call is charged once. */
export const chargedOnce: Check = (snapshot, offenders) =>
  named(
    snapshot,
    offenders,
    `select data ->> 'callId' as call, count(*) as many from event where type = 'model.called' group by data ->> 'callId' having count(*) > 1`,
    [],
    (row) => `call/${String(row['call'])} was recorded ${String(row['many'])} times`,
  );

/** 14: what an approval guards has an earlier, unexpired one of the same hash by someone else, and uses it once. */
export const approvedBefore: Check = async (snapshot, offenders) => {
  const earlier =
    snapshot.on.name === 'postgres' ? '(d.xid, d.position) < (g.xid, g.position)' : 'd.position < g.position';
  await named(
    snapshot,
    offenders,
    `select g.id, g.type from event g where g.data ->> 'actionHash' is not null and not (g.type >= 'approval.' and g.type < 'approval/')
      and not exists (select 1 from event d join event r on r.stream = d.stream and r.type = 'approval.requested'
        where d.type = 'approval.decided' and d.data ->> 'decision' = 'approve'
          and d.data ->> 'actionHash' = g.data ->> 'actionHash' and r.data ->> 'actionHash' = d.data ->> 'actionHash'
          and ${earlier} and d.actor <> r.data ->> 'proposer' and d.data ->> 'expiresAt' > g.at)`,
    [],
    (row) => `event ${String(row['id'])} (${String(row['type'])}) has no approval`,
  );
  await named(
    snapshot,
    offenders,
    `select stream, count(*) as many from event where type = 'approval.consumed' group by stream having count(*) > 1`,
    [],
    (row) => `${String(row['stream'])} was used ${String(row['many'])} times`,
  );
};
