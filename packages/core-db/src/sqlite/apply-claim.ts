import { claimId, limitOf } from '../claim-ids.ts';
import { marks, type Row, type Value } from '../dialect.ts';
import { claimData, type Won } from '../claimed.ts';
import { isNamed, meets, onHost } from '../demands.ts';
import type { ClaimQuery, EventRow, StepRow } from '../port.ts';
import { besideStep, headBeside, stepColumn, stepFields, stepOf } from '../rows.ts';
import { tell } from './apply-write.ts';
import type { Transaction } from './writer.ts';

/** An agent whose last beat is older is not counted on, though its lease may still hold. */
const aliveMs = 15_000;

/** Scheduled steps that are made ready in one claim. */
const dueAtOnce = 500;

const columns = stepFields.map((it) => `s.${stepColumn[it]}`).join(', ');

const texts = {
  isDue: `select 1 from step where state = 'scheduled' and run_at <= ? limit 1`,
  makeReady: `update step set state = case when limits = '[]' then 'ready' else 'parked' end, run_at = null where id in
    (select id from step where state = 'scheduled' and run_at <= ? order by run_at limit ${dueAtOnce})`,
  host: 'select host from agent where incarnation = ?',
  peers: `select distinct peer.agent, peer.host, peer.capabilities from agent me join agent peer on peer.role = me.role
    where me.agent = ? and peer.status <> 'draining' and peer.beat_at > ?`,
  first: `select ${columns}, ${besideStep}
    from step s join stream_head h on h.stream = s.stream where s.lane = ? and s.state = 'ready' order by s.rank, s.id limit ?`,
  moveHead: 'update stream_head set version = ?, token = ?, state = ?, last_event_id = ? where stream = ?',
  take: `update step set state = 'claimed', token = ?, attempt = ?, run_at = null, holder = ?, holder_agent = ?, lease_until = ?, last_event_id = ?
    where id = ?`,
  setAside: `update step set state = 'scheduled', run_at = ? where id = ?`,
};

/** Wins steps inside of a transaction: in each lane that the agent may take from the first ready ones, and of those the best. */
export const applyClaim = (transaction: Transaction, query: ClaimQuery): readonly Won[] => {
  const change = (sql: string, values: readonly Value[]) => void transaction.change({ sql, values });
  const now = transaction.now();
  if (transaction.run({ sql: texts.isDue, values: [now] }).length > 0) change(texts.makeReady, [now]);
  const leaseUntil = new Date(Date.parse(now) + query.leaseMs).toISOString();
  const all: Won[] = [];
  const events: EventRow[] = [];
  const moved = new Set<string>();
  const id = query.newId();
  for (const [i, row] of best(transaction, query, now).entries()) {
    const step = stepOf(row);
    // Two steps of one stream in one claim: the second one is for the next time, as its stream has just moved.
    if (moved.has(step.stream)) continue;
    const before = headBeside(row);
    if (step.due.length > 0 && !step.due.includes(before.state)) {
      // What stands first and cannot be claimed must not keep the others waiting.
      change(texts.setAside, [leaseUntil, step.id]);
      continue;
    }
    const eventId = claimId(id, i + 1);
    const version = before.version + 1;
    const won: StepRow = {
      ...step,
      state: 'claimed',
      token: before.token + 1,
      attempt: step.attempt + 1,
      runAt: null,
      holder: query.incarnation,
      holderAgent: query.agent,
      leaseUntil,
      lastEventId: eventId,
    };
    const state = step.becomes ?? before.state;
    change(texts.moveHead, [version, won.token, state, eventId, won.stream]);
    change(texts.take, [won.token, won.attempt, query.incarnation, query.agent, leaseUntil, eventId, won.id]);
    events.push({
      id: eventId,
      type: 'task.claimed',
      stream: won.stream,
      version,
      correlationId: won.workflowId,
      causationId: step.lastEventId,
      actor: query.actor,
      at: now,
      data: claimData(won),
    });
    moved.add(step.stream);
    const head = { ...before, version, state, token: won.token, lastEventId: eventId };
    all.push({ step: won, head, at: now });
  }
  tell(transaction, events);
  return all;
};

const best = (transaction: Transaction, query: ClaimQuery, now: string): readonly Row[] => {
  const [only, ...others] = lanesFor(transaction, query, now).map((lane) =>
    transaction.run({ sql: texts.first, values: [lane, limitOf(query)] }),
  );
  if (only === undefined || others.length === 0) return only ?? [];
  const rows = [only, ...others].flat();
  const before = (a: Row, b: Row) =>
    Number(a['rank']) - Number(b['rank']) || ((a['id'] as string) < (b['id'] as string) ? -1 : 1);
  return rows.toSorted(before).slice(0, limitOf(query));
};

/** The lanes that the agent may take from. One that it should avoid counts only while nobody else is alive who could. */
const lanesFor = (transaction: Transaction, query: ClaimQuery, now: string): readonly string[] => {
  const rows = transaction.run({
    sql: `select * from lane where kind in (${marks(query.kinds.length)}) and (only_agent is null or only_agent = ?)`,
    values: [...query.kinds, query.agent],
  });
  const namesOf = (row: Row) => JSON.parse(row['capabilities'] as string) as string[];
  const avoidOf = (row: Row) => row['avoid_agent'] as string | null;
  const hostOf = (row: Row | undefined) => (row?.['host'] as string | undefined) ?? null;
  // Few steps are about a machine, and most claims need not know theirs.
  const isAboutHosts = rows.some((row) => (row['lane'] as string).includes(onHost('')));
  const own = isAboutHosts ? transaction.run({ sql: texts.host, values: [query.incarnation] })[0] : undefined;
  const me = { ...query, host: hostOf(own) };
  const may = rows.filter((row) => meets(me, namesOf(row)));
  const avoided = may.filter((row) => isNamed(me, avoidOf(row)));
  if (avoided.length === 0) return may.map((row) => row['lane'] as string);
  const since = new Date(Date.parse(now) - aliveMs).toISOString();
  const peers = transaction
    .run({ sql: texts.peers, values: [query.agent, since] })
    .map((row) => ({ agent: row['agent'] as string, host: hostOf(row), capabilities: namesOf(row) }));
  return may
    .filter(
      (row) =>
        !avoided.includes(row) || !peers.some((peer) => !isNamed(peer, avoidOf(row)) && meets(peer, namesOf(row))),
    )
    .map((row) => row['lane'] as string);
};
