import { nameRows, said, type Check } from './check.ts';

/** The ids of the tasks of a plan, out of `workflow.plan_generated`. */
const plannedTasks = {
  sqlite: `json_each(p.data, '$.tasks') t`,
  postgres: `json_array_elements(p.data -> 'tasks') t(value)`,
};

/** 1: once a workflow has started, every task of its plan was created; and each that was created is there. */
export const acceptedTasksExist: Check = async (snapshot, offenders) => {
  await nameRows(
    snapshot,
    offenders,
    `select t.value ->> 'id' as task, p.stream, p.correlation_id as trace from event p, ${plannedTasks[snapshot.on.name]}
      where p.stream >= 'workflow/' and p.stream < 'workflow0' and p.type = 'workflow.plan_generated' and exists (select 1 from event s where s.stream = p.stream and s.type = 'workflow.started')
        and not exists (select 1 from event c where c.stream = 'task/' || (t.value ->> 'id') and c.version = 1 and c.type = 'task.created')`,
    [],
    (row) => `task/${said(row, 'task')} of ${said(row, 'stream')} was planned and never created`,
  );
  await nameRows(
    snapshot,
    offenders,
    `select e.stream, e.correlation_id as trace from event e where e.stream >= 'task/' and e.stream < 'task0' and e.version = 1
      and not exists (select 1 from stream_head h where h.stream = e.stream)`,
    [],
    (row) => `${said(row, 'stream')} was created and is not in the list of tasks`,
  );
};

const outcomeAfterMs = 10 * 60_000;

/** 3: a task is merged once, a claim ends in one result, and what was begun has an outcome. */
export const effectsOnce: Check = async (snapshot, offenders) => {
  await nameRows(
    snapshot,
    offenders,
    `select data ->> 'taskId' as task, count(*) as many, min(correlation_id) as trace from event
      where stream >= 'merge/' and stream < 'merge0' and type = 'merge.completed'
      group by data ->> 'taskId' having count(*) > 1`,
    [],
    (row) => `task/${said(row, 'task')} was merged ${said(row, 'many')} times`,
  );
  await nameRows(
    snapshot,
    offenders,
    `select stream, type, data ->> 'token' as token, count(*) as many, min(correlation_id) as trace from event
      where type in ('task.submitted', 'task.checked', 'task.completed', 'task.merged') group by stream, type, data ->> 'token' having count(*) > 1`,
    [],
    (row) =>
      `${said(row, 'stream')}: ${said(row, 'type')} was recorded ${said(row, 'many')} times for token ${said(row, 'token')}`,
  );
  await nameRows(
    snapshot,
    offenders,
    `select i.stream, i.at, i.data ->> 'taskId' as task, i.correlation_id as trace from event i
      where i.stream >= 'merge/' and i.stream < 'merge0' and i.type = 'merge.intended' and i.at < ?
      and not exists (select 1 from event o where o.stream = i.stream and o.version > i.version and o.type in ('merge.completed', 'merge.rejected')
        and o.data ->> 'taskId' = i.data ->> 'taskId')`,
    [new Date(Date.parse(snapshot.now) - outcomeAfterMs).toISOString()],
    (row) =>
      `${said(row, 'stream')}: the intent for task ${said(row, 'task')} has had no outcome since ${said(row, 'at')}`,
  );
};

/** 3: what is merged went in by a move of the branch that was intended and is told, whoever led it. A move may be told without its task, which may have ended meanwhile. */
export const mergesTold: Check = async (snapshot, offenders) => {
  await nameRows(
    snapshot,
    offenders,
    `select stream, correlation_id as trace from event where stream >= 'task/' and stream < 'task0' and type = 'task.merged'
      and stream not in (select coalesce('task/' || (data ->> 'taskId'), '') from event
        where stream >= 'merge/' and stream < 'merge0' and type = 'merge.completed')`,
    [],
    (row) => `${said(row, 'stream')} was merged without a merge.completed`,
  );
  await nameRows(
    snapshot,
    offenders,
    `select stream, data ->> 'taskId' as task, correlation_id as trace from event
      where stream >= 'merge/' and stream < 'merge0' and type = 'merge.completed'
      and stream || ' ' || (data ->> 'taskId') not in (select stream || ' ' || coalesce(data ->> 'taskId', '') from event
        where stream >= 'merge/' and stream < 'merge0' and type = 'merge.intended')`,
    [],
    (row) => `${said(row, 'stream')}: task ${said(row, 'task')} was merged without a merge.intended`,
  );
};

/** The process that makes a call ends it within a quarter of an hour; where it is gone, the orchestrator does. */
const openCallMs = 60 * 60_000;

/** 12: each model call is charged once: it ends, and once. */
export const chargedOnce: Check = async (snapshot, offenders) => {
  await nameRows(
    snapshot,
    offenders,
    `select h.stream, i.at, h.correlation_id as trace from stream_head h join event i on i.stream = h.stream and i.type = 'model.intended'
      where h.kind = 'call' and h.state = 'open' and i.at < ?`,
    [new Date(Date.parse(snapshot.now) - openCallMs).toISOString()],
    (row) => `${said(row, 'stream')} was begun at ${said(row, 'at')} and has not ended`,
  );
  await nameRows(
    snapshot,
    offenders,
    `select data ->> 'callId' as call, count(*) as many, min(correlation_id) as trace from event
      where stream >= 'call/' and stream < 'call0' and type = 'model.called'
      group by data ->> 'callId' having count(*) > 1`,
    [],
    (row) => `call/${said(row, 'call')} was recorded ${said(row, 'many')} times`,
  );
};

/** What was recorded shortly before a call began may not have been visible to whoever began it. */
const sightMs = 5000;

type Limit = { readonly tokens?: number; readonly usd?: number };
type Told = {
  readonly source?: string;
  readonly input?: number | null;
  readonly output?: number | null;
  readonly costUsd?: number | null;
  readonly estimate?: { readonly tokens: number; readonly usd: number | null };
};

/** 12: no call is begun once the budget of its workflow is used up, so it is exceeded by no more than the calls in flight. */
export const budgetsHold: Check = async (snapshot, offenders) => {
  const { read } = snapshot;
  const workflows = await read(
    `select correlation_id as trace, data from event where stream >= 'workflow/' and stream < 'workflow0' and version = 1
      and type = 'workflow.submitted' and data ->> 'budget' is not null`,
  );
  for (const workflow of workflows) {
    const trace = said(workflow, 'trace');
    const { budget } = JSON.parse(said(workflow, 'data')) as { readonly budget: Limit }; // asked for above
    const rows = await read(
      `select type, at, data from event where correlation_id = ? and type in ('model.intended', 'model.called') order by position`,
      [trace],
    );
    const ended = rows
      .filter((row) => row['type'] === 'model.called')
      .map((row) => ({ at: Date.parse(said(row, 'at')), ...chargeOf(JSON.parse(said(row, 'data')) as Told) }));
    for (const row of rows) {
      if (row['type'] !== 'model.intended') continue;
      const at = Date.parse(said(row, 'at')) - sightMs;
      const before = ended.filter((it) => it.at < at);
      const tokens = before.reduce((sum, it) => sum + it.tokens, 0);
      const usd = before.reduce((sum, it) => sum + it.usd, 0);
      if (tokens >= (budget.tokens ?? Infinity) || usd >= (budget.usd ?? Infinity)) {
        offenders.add(`workflow/${trace}: a call was begun at ${said(row, 'at')}, after its budget was used up`);
        break;
      }
    }
  }
};

/** Once more what `@hive/agent-kit` charges, so that a mistake there is seen here. */
const chargeOf = ({ source, input, output, costUsd, estimate }: Told): { tokens: number; usd: number } => {
  if (source !== 'live') return { tokens: 0, usd: 0 };
  const isTold = typeof input === 'number' && typeof output === 'number';
  const known = (input ?? 0) + (output ?? 0);
  return {
    tokens: isTold ? known : Math.max(known, estimate?.tokens ?? 0),
    usd: costUsd ?? (isTold ? 0 : (estimate?.usd ?? 0)),
  };
};
