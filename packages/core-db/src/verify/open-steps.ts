import { isOpen, isWorkflowOpen, taskStates, workflowStates } from '@hive/events';
import { marks } from '../dialect.ts';
import { nameRows, said, type Check } from './check.ts';

const open = [...taskStates.filter(isOpen), ...workflowStates.filter(isWorkflowOpen)];

/** Whether an event leaves the step open that was announced last in its stream; what a newer program tells may end it. */
const leavesOpen = `(e.type in ('task.claimed', 'task.snoozed', 'workflow.paused', 'workflow.resumed', 'budget.warned', 'budget.exhausted')
  or e.type in ('task.attempt_failed', 'task.lease_expired') and coalesce(cast(e.data ->> 'final' as text), '') not in ('true', '1'))`;

/**
 * 10: the step that a stream has announced last is in the queue until an event of the stream ends it. What waits for a person, for a need or for the
 * queen has told of no step since.
 */
export const openStepsQueued: Check = (snapshot, offenders) =>
  nameRows(
    snapshot,
    offenders,
    `select a.stream, a.data ->> 'step' as kind, a.data ->> 'stepId' as id, s.state, a.correlation_id as trace from stream_head h
      join event a on a.stream = h.stream
        and a.version = (select max(version) from event l where l.stream = h.stream and l.type = 'task.assigned')
      left join step s on s.id = a.data ->> 'stepId'
      where h.kind in ('task', 'workflow') and h.state in (${marks(open.length)}) and (s.id is null or s.state in ('done', 'cancelled'))
        and not exists (select 1 from event e where e.stream = a.stream and e.version > a.version and not ${leavesOpen})`,
    open,
    (row) =>
      `${said(row, 'stream')}: its step ${said(row, 'id')} (${said(row, 'kind')}) is open, and ${row['state'] === null ? 'has no row' : `its row says ${said(row, 'state')}`}`,
  );
