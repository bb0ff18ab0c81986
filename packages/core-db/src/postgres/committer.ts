import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Claimed, ClaimQuery, Start, Write, WriteResult } from '../port.ts';
import { laneOf } from '../rows.ts';
import { claimId, limitOf, mostClaimed } from '../claim-ids.ts';
import { allClaimed } from '../claimed.ts';
import { checkNames, namesOfClaim } from '../names.ts';
import { checkWrite, recordedScript, wasClosed, type Script } from '../write-rules.ts';
import { sizeOf, startsFor, textOfStarts, touchedBy, valuesOf } from './batch.ts';
import { runOn } from './connection.ts';
import { isContention, isDuplicate, isLost, isNoShortCut, refusalOf } from './errors.ts';
import { functions } from './functions.ts';
import { wonOfText, wonText, workflowOfText, workflowsText } from './won-row.ts';

/** Writes and claims of one process; see {@link createCommitter}. */
export type Committer = {
  readonly write: (write: Write) => Promise<WriteResult>;
  readonly claim: (query: ClaimQuery) => Promise<readonly Claimed[]>;
  /** Takes on nothing more, and ends when nothing is left. */
  readonly close: () => Promise<void>;
};

type Line = { readonly pool: pg.Pool; readonly prepared: () => boolean; readonly shard: number };

type Job = {
  readonly write: Write;
  readonly touches: readonly string[];
  readonly settle: (result: WriteResult) => void;
  readonly refuse: (error: unknown) => void;
};

type Ask = {
  readonly query: ClaimQuery;
  /** What the ids of its events are made from. */
  readonly id: string;
  readonly settle: (claimed: readonly Claimed[]) => void;
  readonly refuse: (error: unknown) => void;
};

const inFlight = 2;
const rowsAtOnce = 1_500;

/** Whoever waits for the answer wants to hear within five seconds that the database is away. */
const giveUpAfterMs = 4_000;

/** So many counters of a trace stand side by side, so that writers of one trace rarely wait for each other. */
const shards = 8;

/**
 * Group commit: what a process wants to write at the same moment goes to the server as one statement and one commit, at most two at a time,
 * and a claim rides along. Whatever is asked for in one turn of the event loop goes together; nothing waits for a timer, so a lone caller pays nothing. Each promise settles after its own commit, and one write
 * that is refused leaves its neighbours alone: it is taken out, and the rest is sent again as a new transaction.
 */
export const createCommitter = (
  pool: pg.Pool,
  options: {
    readonly place: string;
    readonly prepared: () => boolean;
    /** What callers are told of an error of the database. */
    readonly asTold: (error: unknown) => Error;
  },
): Committer => {
  const line: Line = { pool, prepared: options.prepared, shard: Math.floor(Math.random() * shards) };
  const touched = new Set<string>();
  let jobs: Job[] = [];
  const asks: Ask[] = [];
  let flights = 0;
  let isDue = false;
  let closing: PromiseWithResolvers<void> | null = null;

  /** The next batch: in order, but nothing that touches what is under way or what an earlier one waits for. */
  const take = (): readonly Job[] => {
    const taken: Job[] = [];
    const left: Job[] = [];
    const blocked = new Set<string>();
    let rows = 0;
    for (const job of jobs) {
      const mayGo = rows < rowsAtOnce && !job.touches.some((it) => touched.has(it) || blocked.has(it));
      if (!mayGo) {
        left.push(job);
        for (const it of job.touches) blocked.add(it);
        continue;
      }
      taken.push(job);
      rows += sizeOf(job.write);
      for (const it of job.touches) touched.add(it);
    }
    jobs = left;
    return taken;
  };

  const flush = (): void => {
    isDue = false;
    while (flights < inFlight && (jobs.length > 0 || asks.length > 0)) {
      const batch = take();
      const ask = asks.shift() ?? null;
      if (batch.length === 0 && !ask) return;
      flights += 1;
      void perform(line, batch, ask).finally(() => {
        flights -= 1;
        for (const job of batch) for (const it of job.touches) touched.delete(it);
        flush();
      });
    }
    if (flights === 0) closing?.resolve();
  };

  const due = (): void => {
    if (isDue) return;
    isDue = true;
    setImmediate(flush);
  };

  const live = (): void => {
    if (closing) throw wasClosed(options.place);
  };

  return {
    write: (write) =>
      new Promise((settle, fail) => {
        live();
        checkWrite(write);
        const touches = touchedBy(write);
        jobs.push({ write, touches, settle, refuse: (error) => fail(options.asTold(error)) });
        due();
      }),
    claim: (query) =>
      new Promise((settle, fail) => {
        live();
        checkNames(namesOfClaim(query));
        asks.push({ query, id: query.newId(), settle, refuse: (error) => fail(options.asTold(error)) });
        due();
      }),
    close: () => {
      closing ??= Promise.withResolvers();
      due();
      return closing.promise;
    },
  };
};

/**
 * Sends a batch until each of its writes has an end. A transaction that met another one, or whose line broke, is repeated as a new one: its
 * events carry ids that were made before the first try, so a commit whose answer was lost is recognised and not done twice.
 */
const perform = async (line: Line, batch: readonly Job[], asked: Ask | null): Promise<void> => {
  const { pool } = line;
  let deadline = performance.now() + giveUpAfterMs;
  let ask = asked;
  let jobs = batch;
  let unknown = false;
  for (let attempt = 1; jobs.length > 0 || ask; attempt++) {
    try {
      if (ask && unknown) {
        const won = await recovered(pool, ask);
        if (won.length > 0) {
          ask.settle(won);
          ask = null;
          continue;
        }
      }
      const rows = await send(line, jobs, ask);
      for (const { settle } of jobs) settle({ status: 'written' });
      const { query } = ask ?? {};
      if (query) ask?.settle(await wonOf(pool, rows, query));
      return;
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal) {
        const lost = jobs.filter((job) => job.touches.some((it) => refusal.which.includes(it)));
        jobs = jobs.filter((job) => !lost.includes(job));
        for (const job of lost)
          await end(pool, job, unknown, { status: refusal.status, which: whichOf(job, refusal.which) });
        if (lost.length > 0) continue;
      } else if (isLost(error)) {
        // An answer that did not come took all the time; whether it was a yes is worth one more look.
        if (!unknown) deadline = Math.max(deadline, performance.now() + 100);
        unknown = true;
      } else if (!isContention(error)) {
        if (jobs.length > 1) {
          // One of them is wrong, and its neighbours are not to suffer, or two are in each other's way: each half goes on its own.
          const half = Math.ceil(jobs.length / 2);
          await perform(line, jobs.slice(0, half), null);
          await perform(line, jobs.slice(half), null);
          jobs = [];
          continue;
        }
        const [job] = jobs;
        if (!job) return ask?.refuse(error);
        jobs = [];
        if (isDuplicate(error)) await end(pool, job, unknown, error);
        else job.refuse(error);
        continue;
      }
      if (performance.now() > deadline) {
        for (const { refuse } of jobs) refuse(error);
        return ask?.refuse(error);
      }
    }
    await sleep(Math.random() * Math.min(500, 5 * 2 ** attempt));
  }
};

const whichOf = (job: Job, which: readonly string[]): string => job.touches.find((it) => which.includes(it)) ?? '';

/** What became of a write that the database did not take: it may be there already. `otherwise` is its result, or the error, if it is not. */
const end = async (pool: pg.Pool, job: Job, unknown: boolean, otherwise: unknown): Promise<void> => {
  try {
    const found = await play(pool, recordedScript(job.write));
    if (found) return job.settle(unknown && found.status === 'repeated' ? { status: 'written' } : found);
    if (isResult(otherwise)) return job.settle(otherwise);
    job.refuse(otherwise);
  } catch (error) {
    job.refuse(error);
  }
};

const isResult = (value: unknown): value is WriteResult =>
  typeof value === 'object' && value !== null && 'status' in value && !(value instanceof Error);

const play = async <T>(pool: pg.Pool, script: Script<T>): Promise<T> => {
  let step = script.next([]);
  while (!step.done) step = script.next(await runOn(pool, step.value));
  return step.value;
};

const marksFrom = (first: number, count: number): string =>
  Array.from({ length: count }, (_, i) => `$${first + i}`).join(', ');

const writeArity = 69;
const claimArity = 9;
const startArity = 9;
const { write: writer, claim: claimer, start: starter } = functions;

const texts = {
  write: { name: writer.name, text: `select ${writer.name}(${marksFrom(1, writeArity)})` },
  claim: { name: claimer.name, text: `select won from ${claimer.name}(${marksFrom(1, claimArity)}, 0) won` },
  both: {
    name: `both_${writer.name}`,
    text: `select won from (select ${writer.name}(${marksFrom(1, writeArity)}) as done) w
      cross join lateral ${claimer.name}(${marksFrom(writeArity + 1, claimArity)}, w.done) won`,
  },
  start: { name: starter.name, text: `select won from ${starter.name}(${marksFrom(1, startArity)}) won` },
};

/** More are compared with each other row by row. */
const mostStarts = 16;

/** One statement, one commit. */
const send = async (line: Line, jobs: readonly Job[], ask: Ask | null): Promise<readonly string[]> => {
  const writes = jobs.map((it) => it.write);
  const starts = ask && startsFor(ask.query, writes);
  if (ask && starts && starts.length > 0 && starts.length <= mostStarts) {
    const won = await startAtOnce(line, starts, ask);
    if (won.length > 0) return won;
  }
  const written = writes.length === 0 ? [] : valuesOf(writes, line.shard);
  if (!ask) return await told(line, texts.write, written);
  const values = [...written, ...askValues(ask, line.shard)];
  return await told(line, writes.length === 0 ? texts.claim : texts.both, values);
};

/** Starts that are claimed as they are made; nothing when something waits already, or does not fit. */
const startAtOnce = async (line: Line, starts: readonly Start[], { query, id }: Ask): Promise<readonly string[]> => {
  const workflows = new Set(starts.filter(({ step }) => step.taskId !== null).map(({ step }) => step.workflowId));
  try {
    return await told(line, texts.start, [
      textOfStarts(starts),
      [...new Set(starts.map(({ step }) => laneOf(step)))],
      query.agent,
      query.incarnation,
      query.leaseMs,
      query.actor,
      id,
      line.shard,
      starts.length + workflows.size,
    ]);
  } catch (error) {
    if (isNoShortCut(error)) return [];
    throw error;
  }
};

/** What a statement answers, one text a row. */
const told = async (
  { pool, prepared }: Line,
  { name, text }: { readonly name: string; readonly text: string },
  values: readonly unknown[],
): Promise<readonly string[]> => {
  const { rows } = await pool.query<{ readonly won?: string }>({
    text,
    ...(prepared() && { name }),
    values: [...values],
  });
  return rows.flatMap(({ won }) => won ?? []);
};

const askValues = ({ query, id }: Ask, shard: number): unknown[] => [
  query.kinds,
  query.agent,
  query.incarnation,
  query.capabilities,
  limitOf(query),
  query.leaseMs,
  query.actor,
  id,
  shard,
];

/** What the texts of a claim tell: steps, then the heads of their workflows. */
const wonOf = (pool: pg.Pool, texts: readonly string[], query: ClaimQuery): Promise<readonly Claimed[]> => {
  const workflows = texts.flatMap((text) => workflowOfText(text) ?? []);
  const steps = texts.slice(0, texts.length - workflows.length);
  return allClaimed(
    steps.map((text) => wonOfText(text, query)),
    (sql, values = []) => runOn(pool, { sql, values }),
    () => Promise.resolve(workflows),
  );
};

/** What an earlier try of a claim has won, whose answer was lost. */
const recovered = async (pool: pg.Pool, { query, id }: Ask): Promise<readonly Claimed[]> => {
  const rows = await runOn(pool, {
    sql: `with w as (
        select s.*, e.id as won_event, e.at, h.version as head_version, h.state as head_state, h.kind as head_kind, h.id as head_id,
          h.correlation_id as head_correlation, h.view as head_view, h.view_version as head_view_version
        from step s join stream_head h on h.stream = s.stream join event e on e.id = s.last_event_id
        where s.state = 'claimed' and s.holder = ? and s.last_event_id collate "C" between ? and ?)
      (select ${wonText('w', 'w.at')} as won from w order by w.rank, w.id) union all ${workflowsText('w')}`,
    values: [query.incarnation, claimId(id, 1), claimId(id, mostClaimed)],
  });
  return wonOf(
    pool,
    rows.map((row) => row['won'] as string),
    query,
  );
};
