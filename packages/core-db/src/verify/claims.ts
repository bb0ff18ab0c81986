import { nameRows, said, type Check } from './check.ts';

/** 4: the tokens of a stream never fall and grow with each claim, whichever its step, and a claim ends before the next one of its step begins. Sorted narrowly, for there are many. */
export const tokensGrow: Check = (snapshot, offenders) =>
  nameRows(
    snapshot,
    offenders,
    `with told as (select stream, version, data ->> 'step' as step, cast(data ->> 'token' as bigint) as token,
        case when type = 'task.claimed' then 1 else 0 end as claims
      from event where (stream >= 'task/' and stream < 'task0' or stream >= 'workflow/' and stream < 'workflow0') and type <> 'task.created'
        and data ->> 'step' is not null),
      followed as (select told.*, max(token) over (partition by stream order by version rows between unbounded preceding and 1 preceding) as seen,
          lag(claims) over (partition by stream, step order by version) as before
        from told)
      select f.*, (select correlation_id from event e where e.stream = f.stream and e.version = f.version) as trace from followed f
      where token < seen or (claims = 1 and (token <= seen or before = 1))`,
    [],
    (row) =>
      `${said(row, 'stream')} version ${said(row, 'version')}: ${
        Number(row['token']) > Number(row['seen'])
          ? `${said(row, 'step')} was claimed while another claim held it`
          : `token ${said(row, 'token')} of ${said(row, 'step')} after ${said(row, 'seen')}`
      }`,
  );

/** 6: a failed step is not claimed again before its time, and not at all when that was its last attempt. Failures are few; each looks for its next claim. */
export const backoffKept: Check = (snapshot, offenders) =>
  nameRows(
    snapshot,
    offenders,
    `select c.stream, c.version, c.correlation_id as trace, c.data ->> 'step' as step, f.data ->> 'retryAt' as due from event f
      join event c on c.stream = f.stream and c.version > f.version and c.type = 'task.claimed' and c.data ->> 'step' = f.data ->> 'step'
      where f.type in ('task.attempt_failed', 'task.lease_expired')
        and (c.at < f.data ->> 'retryAt' or cast(f.data ->> 'final' as text) in ('true', '1'))
        and not exists (select 1 from event m where m.stream = f.stream and m.version > f.version and m.version < c.version
          and m.data ->> 'step' = f.data ->> 'step')`,
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
