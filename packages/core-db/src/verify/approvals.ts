import { nameRows, said, type Check, type Snapshot } from './check.ts';

/** 14: what an approval guards (most payloads hold no such word, and are not taken apart) has an earlier, unexpired one of the same hash by someone else, and uses it once. */
export const approvedBefore: Check = async (snapshot, offenders) => {
  const { isEarlier } = placesOn(snapshot);
  await nameRows(
    snapshot,
    offenders,
    `select g.id, g.type, g.correlation_id as trace from event g where cast(g.data as text) like '%"actionHash"%' and g.data ->> 'actionHash' is not null and not (g.type >= 'approval.' and g.type < 'approval/')
      and not exists (select 1 from event d join event r on r.stream = d.stream and r.type = 'approval.requested'
        where d.type = 'approval.decided' and d.data ->> 'decision' = 'approve'
          and d.data ->> 'actionHash' = g.data ->> 'actionHash' and r.data ->> 'actionHash' = d.data ->> 'actionHash'
          and ${isEarlier('d', 'g')} and d.actor <> r.data ->> 'proposer' and coalesce(d.data ->> 'by', '') <> r.data ->> 'proposer'
          and d.data ->> 'expiresAt' > g.at)`,
    [],
    (row) => `event ${said(row, 'id')} (${said(row, 'type')}) has no approval`,
  );
  await nameRows(
    snapshot,
    offenders,
    `select stream, count(*) as many, min(correlation_id) as trace from event
      where stream >= 'approval/' and stream < 'approval0' and type = 'approval.consumed' group by stream having count(*) > 1`,
    [],
    (row) => `${said(row, 'stream')} was used ${said(row, 'many')} times`,
  );
};

/**
 * 14: what waited for a person, a change or a plan, went on with an approval, which was used up in the same commit (its events have one time); a call that
 * one allowed came with or after that.
 */
export const askedIsUsed: Check = async (snapshot, offenders) => {
  const { isEarlier } = placesOn(snapshot);
  await nameRows(
    snapshot,
    offenders,
    `select i.id, i.data ->> 'taskId' as task, i.correlation_id as trace from event i
      where i.stream >= 'merge/' and i.stream < 'merge0' and i.type = 'merge.intended' and i.data ->> 'actionHash' is null
        and exists (select 1 from event e where e.stream = 'task/' || (i.data ->> 'taskId') and e.type = 'task.escalated' and ${isEarlier('e', 'i')}
          and not exists (select 1 from event s where s.stream = e.stream and s.type = 'task.submitted' and s.version > e.version and ${isEarlier('s', 'i')}))`,
    [],
    (row) => `event ${said(row, 'id')} (merge.intended) has no approval, and task/${said(row, 'task')} waited for one`,
  );
  await nameRows(
    snapshot,
    offenders,
    `select b.id, b.stream, b.correlation_id as trace from event r join event b on b.stream = 'workflow/' || (r.data ->> 'workflowId') and b.type = 'workflow.started'
      where r.stream >= 'approval/' and r.stream < 'approval0' and r.type = 'approval.requested' and r.data ->> 'kind' = 'plan'
        and b.data ->> 'actionHash' is null`,
    [],
    (row) => `event ${said(row, 'id')} (workflow.started) has no approval, and ${said(row, 'stream')} waited for one`,
  );
  await nameRows(
    snapshot,
    offenders,
    `select g.id, g.type, g.correlation_id as trace from event g
      where (g.stream >= 'merge/' and g.stream < 'merge0' and g.type = 'merge.intended' or g.stream >= 'workflow/' and g.stream < 'workflow0' and g.type = 'workflow.started')
        and g.data ->> 'approvalId' is not null
        and not exists (select 1 from event c where c.stream = 'approval/' || (g.data ->> 'approvalId') and c.type = 'approval.consumed' and c.at = g.at)`,
    [],
    (row) => `event ${said(row, 'id')} (${said(row, 'type')}) did not use up its approval`,
  );
  await nameRows(
    snapshot,
    offenders,
    `select g.id, g.correlation_id as trace from event g
      where g.stream >= 'call/' and g.stream < 'call0' and g.type = 'model.intended' and g.data ->> 'approvalId' is not null
        and not exists (select 1 from event c where c.stream = 'approval/' || (g.data ->> 'approvalId') and c.type = 'approval.consumed' and c.at <= g.at)`,
    [],
    (row) => `event ${said(row, 'id')} (model.intended) names an approval that was not used up`,
  );
};

/** How events stand to each other in the log's one order. */
const placesOn = ({ on }: Snapshot) => ({
  isEarlier: (one: string, other: string): string =>
    on.name === 'postgres'
      ? `(${one}.xid, ${one}.position) < (${other}.xid, ${other}.position)`
      : `${one}.position < ${other}.position`,
});
