import { claimIdText } from '../claim-ids.ts';
import { wonText, workflowsText } from './won-row.ts';

/**
 * Starts that one claim may win, each of them: a short cut for the two functions that follow each other otherwise. Where nothing else is ready, what
 * is put into the queue is what the claim wins, so it is written as claimed at once: one change of its stream and of its step in place of two, and
 * two statements in place of nine. What is in the log afterwards is the same. Where something waits already, that may go first: nothing is done
 * and nothing answered. The same where one of the lanes, each named once, is new: claims would not find the step when it comes back.
 *
 * \`p_rows\` is how many texts there must be. When there are fewer or it took long (HV002), a key is there already (23505) or a text cannot be taken
 * apart (22P05, an escaped NUL), nothing happens, and the two functions have to tell which of the starts does not fit, if any.
 */
export const startFunction = `
create or replace function @name(
  p_starts json, p_lanes text[], p_agent text, p_incarnation text, p_lease_ms bigint, p_actor text, p_id text, p_shard bigint, p_rows integer
) returns setof text
language plpgsql
set jit = off set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  v_clock timestamptz := clock_timestamp();
  v_ms bigint := floor(extract(epoch from v_clock) * 1000);
  v_now text := to_char(v_clock at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');
  v_until text := to_char((v_clock + p_lease_ms * interval '1 millisecond') at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');
  v_rows integer;
begin
  if exists (select 1 from step s where s.state = 'ready') or exists (select 1 from step s where s.state = 'scheduled' and s.run_at <= v_now)
    or (select count(*) from lane l where l.lane = any (p_lanes)) < cardinality(p_lanes) then
    return;
  end if;

  return query
  with started as (
    update stream_head h set version = h.version + 2, token = 1, state = coalesce(u.becomes, h.state), last_event_id = ${claimIdText('p_id', 'u.place')},
        xid = pg_current_xact_id()
      from rows from (json_to_recordset(p_starts) as (
          stream text, event text, type text, correlation text, causation text, command text, actor text, data json, unless text, held text,
          id text, kind text, task_id text, workflow_id text, lane text, capabilities json, priority bigint, rank bigint, due text, becomes text,
          max_attempts bigint, max_rescues bigint, only_agent text, payload json, place integer)) with ordinality
        as u(stream, event, type, correlation, causation, command, actor, data, unless, held,
          id, kind, task_id, workflow_id, lane, capabilities, priority, rank, due, becomes,
          max_attempts, max_rescues, only_agent, payload, place, n)
      where h.stream = u.stream and h.token = 0 and (u.due = '' or h.state = any (string_to_array(u.due, ',')))
        and h.xid <= pg_current_xact_id() and not exists (select 1 from stream_head w where w.stream = u.unless and w.state = u.held)
      returning u.n, u.place, u.event, u.type, u.correlation, u.causation, u.command, u.actor, u.data, u.stream, u.due, u.id, u.kind, u.task_id, u.workflow_id, u.lane,
        u.capabilities, u.priority, u.rank + v_ms as rank, u.max_attempts, u.max_rescues, u.only_agent, null::text as avoid_agent, u.becomes, coalesce(u.payload, 'null') as payload,
        1 as attempt, h.token, v_until as lease_until, 0 as failures, 0 as rescues, '[]' as limits, h.last_event_id as won_event,
        h.version as head_version, h.state as head_state, h.kind as head_kind, h.id as head_id, h.correlation_id as head_correlation,
        h.view as head_view, h.view_version as head_view_version),
  made as (
    insert into step (id, kind, stream, task_id, workflow_id, lane, capabilities, priority, rank, state, run_at, token, attempt, failures, rescues,
        max_attempts, max_rescues, only_agent, avoid_agent, due, becomes, holder, holder_agent, lease_until, last_event_id, payload, limits)
      select w.id, w.kind, w.stream, w.task_id, w.workflow_id, w.lane, w.capabilities, w.priority, w.rank, 'claimed', null, w.token, w.attempt,
          w.failures, w.rescues, w.max_attempts, w.max_rescues, w.only_agent, w.avoid_agent, w.due, w.becomes, p_incarnation, p_agent, v_until, w.won_event,
          w.payload, w.limits
        from started w),
  told as (
    insert into event (id, type, stream, version, correlation_id, causation_id, command_id, actor, at, data)
      select e.id, e.type, e.stream, e.version, e.correlation, e.causation, e.command, e.actor, v_now, e.data
        from (
          select 1 as part, w.n, w.event as id, w.type, w.stream, w.head_version - 1 as version, w.correlation, w.causation, w.command, w.actor, w.data
            from started w
          union all
          select 2, w.place, w.won_event, 'task.claimed', w.stream, w.head_version, w.workflow_id, w.event, null, p_actor,
            ('{"taskId":' || coalesce(to_json(w.task_id)::text, 'null') || ',"step":"' || w.kind || '","attempt":' || w.attempt || ',"token":' || w.token
              || ',"agent":' || to_json(p_agent)::text || ',"leaseUntil":"' || v_until || '"}')::json
            from started w) e
        order by e.part, e.n),
  counted as (
    insert into trace as t (correlation_id, shard, first_at, last_at, events, errors)
      select c.correlation, p_shard, v_now, v_now, count(*), 0
        from (select w.correlation from started w union all select w.workflow_id from started w) c
        group by c.correlation order by c.correlation
      on conflict (correlation_id, shard) do update set first_at = least(t.first_at, excluded.first_at),
        last_at = greatest(t.last_at, excluded.last_at), events = t.events + excluded.events)
  (select ${wonText('w', 'v_now')} from started w order by w.rank, w.id)
  union all
  ${workflowsText('started')};

  get diagnostics v_rows = row_count;
  -- Whoever had to wait for a stream has an older clock and an older view of what is ready than a claim may have.
  if v_rows <> p_rows or clock_timestamp() - v_clock > interval '100 milliseconds' then
    raise exception 'start' using errcode = 'HV002';
  end if;
end $$`;
