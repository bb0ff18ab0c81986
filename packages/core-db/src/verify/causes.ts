import { nameRows, said, type Check } from './check.ts';

/** Processes and machines tell of themselves outside of any workflow; each of their events may begin a trace. */
const ofProcesses = `(e.stream = 'system' or (e.stream >= 'agent/' and e.stream < 'agent0') or (e.stream >= 'box/' and e.stream < 'box0'))`;

/** 9: one root per trace; each cause exists, came earlier and belongs to the same trace. */
export const causesHold: Check = async (snapshot, offenders) => {
  await nameRows(
    snapshot,
    offenders,
    `select e.correlation_id as trace_id, count(*) - count(e.causation_id) as roots from event e where not ${ofProcesses}
      group by e.correlation_id having count(*) - count(e.causation_id) <> 1`,
    [],
    (row) => `trace ${said(row, 'trace_id')} has ${said(row, 'roots')} roots`,
  );
  const later =
    snapshot.on.name === 'postgres' ? '(c.xid, c.position) >= (e.xid, e.position)' : 'c.position >= e.position';
  await nameRows(
    snapshot,
    offenders,
    `select e.id, e.type, c.id as cause, c.correlation_id as theirs, e.correlation_id as trace from event e left join event c on c.id = e.causation_id
      where e.causation_id is not null and (c.id is null or c.correlation_id <> e.correlation_id or ${later})`,
    [],
    (row) =>
      `event ${said(row, 'id')} (${said(row, 'type')}): its cause ${row['cause'] === null ? 'does not exist' : row['theirs'] === row['trace'] ? 'comes later' : 'is of another trace'}`,
  );
};
