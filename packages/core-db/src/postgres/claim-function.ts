import { claimIdText } from '../claim-ids.ts';
import { wonText, workflowsText } from './won-row.ts';

/**
 * Wins up to \`p_limit\` steps for one agent: in each lane that it may take from the first ready ones that nobody else is about to take, and of
 * those the best. The head of a step's stream moves on with it, under the same guard as any write (STORE section 2.2); where it cannot, the
 * step is left alone. The events are made here, so nothing of a claim travels to the client before it is committed.
 *
 * \`p_after\` is what a write before it in the same statement answered: it keeps the two in order.
 *
 * Their workflows come along, each once, because whoever works on a step needs to see them.
 *
 * A lane is read in the order of its index without a filter; the paused, scheduled and ended are in none. Only lanes with something in them are looked
 * into, found by one probe of that index each: with many agents there is a lane for whoever is not to check their own work, and most are empty.
 */
export const claimFunction = `
create or replace function @name(
  p_kinds text[], p_agent text, p_incarnation text, p_capabilities text[], p_limit integer, p_lease_ms bigint, p_actor text, p_id text,
  p_shard bigint, p_after integer
) returns setof text
language plpgsql
set jit = off set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  v_clock timestamptz := clock_timestamp();
  v_now text := to_char(v_clock at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');
  v_until text := to_char((v_clock + p_lease_ms * interval '1 millisecond') at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');
  v_host text;
  v_lanes text[];
  v_picked integer;
  v_won integer;
begin
  if exists (select 1 from step s where s.state = 'scheduled' and s.run_at <= v_now) then
    update step s set state = case when s.limits = '[]' then 'ready' else 'parked' end, run_at = null, xid = pg_current_xact_id()
      where s.id in (select d.id from step d where d.state = 'scheduled' and d.run_at <= v_now order by d.run_at limit 500 for update skip locked);
  end if;

  v_host := coalesce((select a.host from agent a where a.incarnation = p_incarnation), '');
  with recursive there (lane) as (
    (select s.lane from step s where s.state = 'ready' order by s.lane limit 1)
    union all
    select (select s.lane from step s where s.state = 'ready' and s.lane > t.lane order by s.lane limit 1) from there t where t.lane is not null)
  select array_agg(l.lane) into v_lanes from there t join lane l on l.lane = t.lane
    where l.kind = any (p_kinds) and (l.only_agent is null or l.only_agent = p_agent)
      and not exists (select 1 from json_array_elements_text(l.capabilities) c(name)
        where case when c.name like '!%' then c.name in ('!' || p_agent, '!host:' || v_host) else c.name <> all (p_capabilities) end)
      and (l.avoid_agent is null or l.avoid_agent not in (p_agent, 'host:' || v_host) or not exists (
        select 1 from agent me join agent peer on peer.role = me.role and l.avoid_agent not in (peer.agent, 'host:' || peer.host)
          where me.agent = p_agent and peer.status <> 'draining'
            and peer.beat_at > to_char((clock_timestamp() - interval '15 seconds') at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
            and not exists (select 1 from json_array_elements_text(l.capabilities) c(name)
              where case when c.name like '!%' then c.name in ('!' || peer.agent, '!host:' || peer.host)
                else c.name not in (select json_array_elements_text(peer.capabilities)) end)));
  if v_lanes is null then return; end if;

  return query
  with pick as (
    select p.id, p.stream, p.rank, p.due, p.becomes, p.last_event_id
      from unnest(v_lanes) as l(lane) cross join lateral (
        select s.id, s.stream, s.rank, s.due, s.becomes, s.last_event_id from step s
          where s.lane = l.lane and s.state = 'ready' and s.xid <= pg_current_xact_id()
          order by s.rank, s.id limit p_limit for update skip locked) p
      order by p.rank, p.id limit p_limit),
  numbered as (select p.*, row_number() over (order by p.rank, p.id) as n from pick p),
  moved as (
    update stream_head h set version = h.version + 1, token = h.token + 1, state = coalesce(p.becomes, h.state),
        last_event_id = ${claimIdText('p_id', 'p.n')}, xid = pg_current_xact_id()
      from numbered p
      where h.stream = p.stream and h.xid <= pg_current_xact_id() and (p.due = '' or h.state = any (string_to_array(p.due, ',')))
      returning p.id as step_id, p.last_event_id as cause, h.last_event_id as event_id, h.version, h.token, h.state, h.kind as head_kind, h.id as head_id,
        h.correlation_id as head_correlation, h.view as head_view, h.view_version as head_view_version),
  won as (
    update step s set state = 'claimed', token = m.token, attempt = s.attempt + 1, run_at = null, holder = p_incarnation, holder_agent = p_agent,
        lease_until = v_until, last_event_id = m.event_id, xid = pg_current_xact_id()
      from moved m where s.id = m.step_id
      returning s.*, m.cause, m.event_id as won_event, m.version as head_version, m.state as head_state, m.head_kind, m.head_id,
        m.head_correlation, m.head_view, m.head_view_version),
  told as (
    insert into event (id, type, stream, version, correlation_id, causation_id, actor, at, data)
      select w.won_event, 'task.claimed', w.stream, w.head_version, w.workflow_id, w.cause, p_actor, v_now,
        ('{"taskId":' || coalesce(to_json(w.task_id)::text, 'null') || ',"step":"' || w.kind || '","attempt":' || w.attempt || ',"token":' || w.token
          || ',"agent":' || to_json(p_agent)::text || ',"leaseUntil":"' || v_until || '"}')::json
      from won w),
  counted as (
    insert into trace as t (correlation_id, shard, first_at, last_at, events, errors)
      select w.workflow_id, p_shard, v_now, v_now, count(*), 0 from won w group by w.workflow_id order by w.workflow_id
      on conflict (correlation_id, shard) do update set first_at = least(t.first_at, excluded.first_at),
        last_at = greatest(t.last_at, excluded.last_at), events = t.events + excluded.events)
  (select ${wonText('w', 'v_now')} from won w order by w.rank, w.id)
  union all
  ${workflowsText('won')};

  get diagnostics v_won = row_count;
  if v_won = 0 then
    -- What stands first and cannot be claimed, because its stream is in another state than it waits for or does not exist, must not keep the
    -- others waiting.
    update step s set state = 'scheduled', run_at = v_until, xid = pg_current_xact_id()
      where s.id in (
        select f.id from unnest(v_lanes) as l(lane) cross join lateral (
            select r.id, r.stream, r.due from step r where r.lane = l.lane and r.state = 'ready' order by r.rank, r.id limit p_limit
              for update skip locked) f
          left join stream_head h on h.stream = f.stream
          where h.stream is null or (f.due <> '' and h.state <> all (string_to_array(f.due, ','))));
  end if;
end $$`;
