/** Which of the names in an array did not fit: those that are not among what was done, and those that one write names twice. */
const misfits = (names: string): string =>
  `(select json_agg(it) from unnest(${names}) it where it <> all (coalesce(v_done, '{}')) or (select count(*) from unnest(${names}) o where o = it) > 1)`;

/**
 * One commit of any number of writes that touch different streams and steps; all arrays of a part have one length. Whatever an event builds
 * on is updated under its expected version and the guard `xid <= pg_current_xact_id()` (STORE section 2.2) before the events are inserted; the
 * first part that does not fit raises HV001 with the kind in the message and the culprits in the detail, and nothing happens. HV003 says that one write
 * ends the stream of a step that another one changes: which of them is first decides what becomes of it, so they have to be sent apart.
 *
 * Steps of streams that nobody has read (f_) stand first among the steps and the events; their versions and ranks are made here.
 *
 * Order of locks: steps, then heads, each sorted by the caller; claims take them in the same order and skip what is locked.
 */
export const writeFunction = `
create or replace function @name(
  c_id text[], c_write bigint[], c_state text[], c_token bigint[], c_holder text[], c_to text[], c_event text[], c_rest text,
  h_stream text[], h_expected bigint[], h_version bigint[], h_state text[], h_event text[], h_views text,
  n_stream text[], n_kind text[], n_id text[], n_correlation text[], n_version bigint[], n_state text[], n_event text[], n_views text, n_token bigint[],
  f_stream text[], f_event text[], f_due text[], f_unless text[], f_held text[],
  x_write bigint[], x_workflow text[], x_stream text[],
  s_id text[], s_kind text[], s_stream text[], s_task text[], s_workflow text[], s_lane text[], s_capabilities text, s_priority bigint[],
  s_rank bigint[], s_state text[], s_run_at text[], s_max_attempts bigint[], s_max_rescues bigint[], s_only text[], s_avoid text[], s_due text[],
  s_becomes text[], s_event text[], s_payloads text, s_rests text,
  e_id text[], e_type text[], e_stream text[], e_version bigint[], e_correlation text[], e_causation text[], e_command text[], e_actor text[],
  e_at text[], e_datas text,
  t_correlation text[], t_first text[], t_last text[], t_untimed boolean[], t_events bigint[], t_errors bigint[], t_shard bigint,
  p_rest jsonb
) returns integer language plpgsql
set jit = off set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set plan_cache_mode = force_generic_plan as $$
declare
  c_set jsonb[];
  v_done text[];
  v_item jsonb;
  v_versions bigint[];
  v_clock timestamptz := clock_timestamp();
  v_ms bigint := floor(extract(epoch from v_clock) * 1000);
  v_now text := to_char(v_clock at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');
begin
  if cardinality(c_id) > 0 then
    if c_rest is null then
      -- What ends a step says no more than this, and is most of what is written.
      with moved as (
        update step s set state = coalesce(u.into_state, s.state), last_event_id = coalesce(u.event, s.last_event_id),
          holder = case when coalesce(u.into_state, 'claimed') = 'claimed' then s.holder end,
          holder_agent = case when coalesce(u.into_state, 'claimed') = 'claimed' then s.holder_agent end,
          lease_until = case when coalesce(u.into_state, 'claimed') = 'claimed' then s.lease_until end, xid = pg_current_xact_id()
        from unnest(c_id, c_state, c_token, c_holder, c_to, c_event) as u(id, state, token, holder, into_state, event)
        where s.id = u.id and s.state = u.state and s.token = u.token and (u.holder is null or s.holder = u.holder)
          and s.xid <= pg_current_xact_id()
        returning s.id)
      select array_agg(id) into v_done from moved;
    else
      select array_agg(nullif(it, '')::jsonb order by n) into c_set
        from unnest(string_to_array(c_rest, e'\\x01')) with ordinality as u(it, n);
      with moved as (
        update step s set
          state = coalesce(u.into_state, s.state),
          last_event_id = coalesce(u.event, s.last_event_id),
          run_at = case when u.set ? 'run_at' then u.set ->> 'run_at' else s.run_at end,
          token = coalesce((u.set ->> 'token')::bigint, s.token),
          attempt = coalesce((u.set ->> 'attempt')::bigint, s.attempt),
          failures = coalesce((u.set ->> 'failures')::bigint, s.failures),
          rescues = coalesce((u.set ->> 'rescues')::bigint, s.rescues),
          max_attempts = coalesce((u.set ->> 'max_attempts')::bigint, s.max_attempts),
          max_rescues = coalesce((u.set ->> 'max_rescues')::bigint, s.max_rescues),
          priority = coalesce((u.set ->> 'priority')::bigint, s.priority),
          rank = coalesce((u.set ->> 'rank')::bigint, s.rank),
          due = coalesce(u.set ->> 'due', s.due),
          becomes = case when u.set ? 'becomes' then u.set ->> 'becomes' else s.becomes end,
          payload = coalesce(((u.set ->> 'payload')::json), s.payload),
          only_agent = case when u.set ? 'only_agent' then u.set ->> 'only_agent' else s.only_agent end,
          avoid_agent = case when u.set ? 'avoid_agent' then u.set ->> 'avoid_agent' else s.avoid_agent end,
          lane = case when u.set ? 'only_agent' or u.set ? 'avoid_agent' then s.kind || '|' || s.capabilities::text
            || '|' || coalesce(case when u.set ? 'only_agent' then u.set ->> 'only_agent' else s.only_agent end, '')
            || '|' || coalesce(case when u.set ? 'avoid_agent' then u.set ->> 'avoid_agent' else s.avoid_agent end, '') else s.lane end,
          holder = case when u.set ? 'holder' then u.set ->> 'holder' when coalesce(u.into_state, 'claimed') = 'claimed' then s.holder end,
          holder_agent = case when u.set ? 'holder_agent' then u.set ->> 'holder_agent' when coalesce(u.into_state, 'claimed') = 'claimed' then s.holder_agent end,
          lease_until = case when u.set ? 'lease_until' then u.set ->> 'lease_until' when coalesce(u.into_state, 'claimed') = 'claimed' then s.lease_until end,
          xid = pg_current_xact_id()
        from unnest(c_id, c_state, c_token, c_holder, c_to, c_event, c_set) as u(id, state, token, holder, into_state, event, set)
        where s.id = u.id and s.state = u.state and s.token = u.token and (u.holder is null or s.holder = u.holder)
          and s.xid <= pg_current_xact_id()
        returning s.id)
      select array_agg(id) into v_done from moved;
    end if;
    if coalesce(cardinality(v_done), 0) < cardinality(c_id) then
      raise exception 'step' using errcode = 'HV001',
        detail = ${misfits('c_id')};
    end if;
    if c_rest is not null and exists (select 1 from unnest(c_set) u where u ?| array['only_agent', 'avoid_agent']) then
      insert into lane (lane, kind, capabilities, only_agent, avoid_agent)
        select s.lane, s.kind, s.capabilities, s.only_agent, s.avoid_agent from step s where s.id = any (c_id) order by s.lane
        on conflict (lane) do nothing;
    end if;
  end if;

  if cardinality(h_stream) > 0 then
    with moved as (
      update stream_head h set version = u.version, state = u.state, last_event_id = u.event,
        view = coalesce(u.view::json, h.view), view_version = case when u.view is null then h.view_version else u.version end,
        xid = pg_current_xact_id()
      from unnest(h_stream, h_expected, h_version, h_state, h_event, string_to_array(h_views, e'\\x01', '')) as u(stream, expected, version, state, event, view)
      where h.stream = u.stream and h.version = u.expected and h.xid <= pg_current_xact_id()
      returning h.stream)
    select array_agg(stream) into v_done from moved;
    if coalesce(cardinality(v_done), 0) < cardinality(h_stream) then
      raise exception 'version' using errcode = 'HV001',
        detail = ${misfits('h_stream')};
    end if;
  end if;

  if cardinality(n_stream) > 0 then
    with made as (
      insert into stream_head (stream, kind, id, correlation_id, version, state, last_event_id, view, view_version, token)
        select u.stream, u.kind, u.id, u.correlation, u.version, u.state, u.event, coalesce(u.view, 'null')::json,
          case when u.view is null then 0 else u.version end, u.token
        from unnest(n_stream, n_kind, n_id, n_correlation, n_version, n_state, n_event, string_to_array(n_views, e'\\x01', ''), n_token)
          as u(stream, kind, id, correlation, version, state, event, view, token)
        on conflict (stream) do nothing returning stream)
    select array_agg(stream) into v_done from made;
    if coalesce(cardinality(v_done), 0) < cardinality(n_stream) then
      raise exception 'version' using errcode = 'HV001',
        detail = ${misfits('n_stream')};
    end if;
  end if;

  if cardinality(f_stream) > 0 then
    with moved as (
      update stream_head h set version = h.version + 1, last_event_id = u.event, xid = pg_current_xact_id()
      from unnest(f_stream, f_event, f_due, f_unless, f_held) with ordinality as u(stream, event, due, unless, held, n)
      where h.stream = u.stream and h.token = 0 and (u.due = '' or h.state = any (string_to_array(u.due, ',')))
        and h.xid <= pg_current_xact_id() and not exists (select 1 from stream_head w where w.stream = u.unless and w.state = u.held)
      returning h.stream, h.version, u.n)
    select array_agg(stream), array_agg(version order by n) || e_version into v_done, v_versions from moved;
    if coalesce(cardinality(v_done), 0) < cardinality(f_stream) then
      raise exception 'version' using errcode = 'HV001',
        detail = ${misfits('f_stream')};
    end if;
  end if;

  if cardinality(x_stream) > 0 then
    with ended as (
      update step s set state = 'cancelled', token = s.token + 1, holder = null, holder_agent = null, lease_until = null, xid = pg_current_xact_id()
        from unnest(x_write, x_workflow, x_stream) as u(write, workflow, stream)
        where s.workflow_id = u.workflow and s.stream = u.stream and s.state = any (array['ready', 'scheduled', 'paused', 'parked', 'claimed'])
          and c_write[array_position(c_id, s.id)] is distinct from u.write
        returning s.id)
    select array_agg(id) into v_done from ended;
    if v_done && c_id then
      raise exception 'apart' using errcode = 'HV003';
    end if;
  end if;

  if cardinality(s_id) > 0 then
    -- The lanes are known but for a few; looking is cheaper than being refused.
    insert into lane (lane, kind, capabilities, only_agent, avoid_agent)
      select distinct on (u.lane) u.lane, u.kind, u.capabilities::json, u.only_agent, u.avoid
        from unnest(s_lane, s_kind, string_to_array(s_capabilities, e'\\x01'), s_only, s_avoid) as u(lane, kind, capabilities, only_agent, avoid)
        where not exists (select 1 from lane l where l.lane = u.lane) order by u.lane
      on conflict (lane) do nothing;
    with made as (
      insert into step (id, kind, stream, task_id, workflow_id, lane, capabilities, priority, rank, state, run_at, token, attempt, failures, rescues,
          max_attempts, max_rescues, only_agent, avoid_agent, due, becomes, holder, holder_agent, lease_until, last_event_id, payload, limits)
        select u.id, u.kind, u.stream, u.task, u.workflow, u.lane, u.capabilities::json, u.priority,
          case when u.n <= cardinality(f_stream) then u.rank + v_ms else u.rank end, u.state, u.run_at,
          coalesce((u.rest ->> 'token')::bigint, 0), coalesce((u.rest ->> 'attempt')::bigint, 0), coalesce((u.rest ->> 'failures')::bigint, 0),
          coalesce((u.rest ->> 'rescues')::bigint, 0), u.max_attempts, u.max_rescues, u.only_agent, u.avoid, u.due, u.becomes,
          u.rest ->> 'holder', u.rest ->> 'holder_agent', u.rest ->> 'lease_until', u.event, u.payload::json, coalesce(u.rest ->> 'limits', '[]')
        from unnest(s_id, s_kind, s_stream, s_task, s_workflow, s_lane, string_to_array(s_capabilities, e'\\x01'), s_priority, s_rank, s_state, s_run_at, s_max_attempts,
            s_max_rescues, s_only, s_avoid, s_due, s_becomes, s_event, string_to_array(s_payloads, e'\\x01'), string_to_array(s_rests, e'\\x01', '')::jsonb[]) with ordinality
          as u(id, kind, stream, task, workflow, lane, capabilities, priority, rank, state, run_at, max_attempts, max_rescues, only_agent, avoid,
            due, becomes, event, payload, rest, n)
        on conflict (id) do nothing returning id)
    select array_agg(id) into v_done from made;
    if coalesce(cardinality(v_done), 0) < cardinality(s_id) then
      raise exception 'step' using errcode = 'HV001',
        detail = ${misfits('s_id')};
    end if;
  end if;

  if p_rest is not null then
    for v_item in select * from jsonb_array_elements(p_rest -> 'cursors') loop
      update subscription set xid = v_item ->> 'toXid', position = (v_item ->> 'toPosition')::bigint
        where name = v_item ->> 'name' and xid = v_item ->> 'xid' and position = (v_item ->> 'position')::bigint;
      if not found then raise exception 'cursor' using errcode = 'HV001', detail = json_build_array(v_item ->> 'name'); end if;
    end loop;
    for v_item in select * from jsonb_array_elements(p_rest -> 'letters') loop
      insert into dead_letter (subscription, event_id, error, attempts, at) values (v_item ->> 'subscription', v_item ->> 'eventId',
        v_item ->> 'error', (v_item ->> 'attempts')::bigint, v_now);
    end loop;
    for v_item in select * from jsonb_array_elements(p_rest -> 'taken') loop
      delete from dead_letter where subscription = v_item ->> 'subscription' and event_id = v_item ->> 'eventId';
      if not found then raise exception 'letter' using errcode = 'HV001', detail = json_build_array(v_item ->> 'eventId'); end if;
    end loop;
  end if;

  if cardinality(e_id) > 0 then
    insert into event (id, type, stream, version, correlation_id, causation_id, command_id, actor, at, data)
      select u.id, u.type, u.stream, u.version, u.correlation, u.causation, u.command, u.actor, coalesce(nullif(u.at, ''), v_now), u.data::json
      from unnest(e_id, e_type, e_stream, coalesce(v_versions, e_version), e_correlation, e_causation, e_command, e_actor, e_at, string_to_array(e_datas, e'\\x01'))
        as u(id, type, stream, version, correlation, causation, command, actor, at, data);
    insert into trace as t (correlation_id, shard, first_at, last_at, events, errors)
      select u.correlation, t_shard, least(nullif(u.first, ''), case when u.untimed then v_now end),
        greatest(nullif(u.last, ''), case when u.untimed then v_now end), u.events, u.errors
      from unnest(t_correlation, t_first, t_last, t_untimed, t_events, t_errors) as u(correlation, first, last, untimed, events, errors)
      on conflict (correlation_id, shard) do update set first_at = least(t.first_at, excluded.first_at),
        last_at = greatest(t.last_at, excluded.last_at), events = t.events + excluded.events, errors = t.errors + excluded.errors;
  end if;
  return cardinality(e_id);
end $$`;
