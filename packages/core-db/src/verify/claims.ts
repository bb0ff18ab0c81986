import { nameRows, said, type Check } from './check.ts';

/** The events of steps, each beside the one before it of the same stream and step. */
const ofSteps = `select stream, version, type, at, correlation_id as trace, data ->> 'step' as step, cast(data ->> 'token' as bigint) as token,
    data ->> 'retryAt' as retry_at, cast(data ->> 'final' as text) as final
  from event where (stream >= 'task/' and stream < 'task0' or stream >= 'workflow/' and stream < 'workflow0') and data ->> 'step' is not null`;

/** 4: the tokens of a step never fall and grow with each claim, and a claim ends before the next one begins. */
export const tokensGrow: Check = (snapshot, offenders) =>
  nameRows(
    snapshot,
    offenders,
    `with followed as (select told.*,
        max(token) over (partition by stream, step order by version rows between unbounded preceding and 1 preceding) as seen,
        lag(type) over (partition by stream, step order by version) as before
      from (${ofSteps}) told)
      select * from followed where token < seen or (type = 'task.claimed' and (token <= seen or before = 'task.claimed'))`,
    [],
    (row) =>
      `${said(row, 'stream')} version ${said(row, 'version')}: ${
        row['before'] === 'task.claimed' && row['type'] === 'task.claimed' && Number(row['token']) > Number(row['seen'])
          ? `${said(row, 'step')} was claimed while another claim held it`
          : `token ${said(row, 'token')} of ${said(row, 'step')} after ${said(row, 'seen')}`
      }`,
  );

/** 6: a failed step is not claimed again before its time, and not at all when that was its last attempt. */
export const backoffKept: Check = (snapshot, offenders) =>
  nameRows(
    snapshot,
    offenders,
    `with followed as (select told.*,
        lag(type) over before as before, lag(retry_at) over before as due, lag(final) over before as ended
      from (${ofSteps}) told window before as (partition by stream, step order by version))
      select * from followed where type = 'task.claimed' and before in ('task.attempt_failed', 'task.lease_expired')
        and (at < due or ended in ('true', '1'))`,
    [],
    (row) =>
      `${said(row, 'stream')} version ${said(row, 'version')}: ${said(row, 'step')} claimed ${
        row['due'] === null ? 'after its last attempt' : `before ${said(row, 'due')}`
      }`,
  );

/** 6: no step failed or was rescued more often than it may. The rescue that goes over the cap is the one that ends it. */
export const withinCaps: Check = (snapshot, offenders) =>
  nameRows(
    snapshot,
    offenders,
    `select id, kind, failures, rescues, workflow_id as trace from step where failures > max_attempts or rescues > max_rescues + 1
      or (state in ('ready', 'scheduled', 'claimed') and (failures >= max_attempts or rescues > max_rescues))`,
    [],
    (row) =>
      `step ${said(row, 'id')} (${said(row, 'kind')}): ${said(row, 'failures')} failures, ${said(row, 'rescues')} rescues`,
  );

/** A step that waits longer than this, while later ones of the same sort are taken, is passed over. */
const passedOverMs = 10 * 60_000;

/**
 * 13: the first ready step of each lane is taken before those that stand behind it. Steps that
 * wait for one agent, or avoid one, may have to wait.
 */
export const nobodyStarves: Check = async (snapshot, offenders) => {
  const limit = new Date(Date.parse(snapshot.now) - passedOverMs).toISOString();
  const oldest = await snapshot.read(
    `select s.id, s.kind, s.lane, s.rank, s.workflow_id, e.at
      from (select lane, min(rank) as rank from step where state = 'ready' and only_agent is null and avoid_agent is null group by lane) first
      join step s on s.lane = first.lane and s.rank = first.rank and s.state = 'ready'
      join event e on e.id = s.last_event_id where e.at < ? limit 50`,
    [limit],
  );
  for (const row of oldest) {
    const after = new Date(Date.parse(said(row, 'at')) + passedOverMs).toISOString();
    await nameRows(
      snapshot,
      offenders,
      `select cast(? as text) as id, cast(? as text) as kind, cast(? as text) as since, cast(? as text) as trace, s.id as other, e.at from step s
        join event e on e.stream = 'task/' || s.task_id and e.type = 'task.claimed' and e.data ->> 'step' = s.kind
        where s.lane = ? and s.rank > ? and s.state in ('claimed', 'done') and e.at > ?`,
      [
        said(row, 'id'),
        said(row, 'kind'),
        said(row, 'at'),
        said(row, 'workflow_id'),
        said(row, 'lane'),
        Number(row['rank']),
        after,
      ],
      (found) =>
        `step ${said(found, 'id')} (${said(found, 'kind')}) is ready since ${said(found, 'since')}, and the later ${said(found, 'other')} was taken at ${said(found, 'at')}`,
    );
  }
};
