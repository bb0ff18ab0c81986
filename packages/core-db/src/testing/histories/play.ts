import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect, isDeepStrictEqual } from 'node:util';
import type { Claimed, ClaimQuery, Cursor, Start, StepRow, Store, Write } from '../../port.ts';
import { sampleEvent, sampleStart, sampleStep } from '../samples.ts';
import { rankStep, untimed } from './untimed.ts';
import type { NewStart, NewStep, Operation } from './operations.ts';

/** The stores of a history: each is asked for the same, and has to answer the same. The first is the oracle. */
export type Contestants = Readonly<Record<string, Store>>;

type Claiming = Pick<Extract<Operation, { do: 'claim' }>, 'kind' | 'agent' | 'limit' | 'expired'>;

const overdue = '2020-01-01T00:00:00.000Z';
const later = '2099-01-01T00:00:00.000Z';
const nobody = { holder: null, holderAgent: null, leaseUntil: null } as const;
const leaseMs = (expired: boolean) => (expired ? -60_000 : 600_000);

/**
 * Plays a history on all stores, one operation after the other, and throws at the first answer that differs. Histories may follow each other on
 * one store: names are made anew for each, and only what was made in it is looked at.
 */
export const playHistory = async (operations: readonly Operation[], stores: Contestants): Promise<void> => {
  const own = randomUUID();
  try {
    await playAs(own, operations, stores);
  } finally {
    for (const store of Object.values(stores)) await clear(store, workflowOf(own));
  }
};

const workflowOf = (own: string): string => `w-${own}`;

const playAs = async (own: string, operations: readonly Operation[], stores: Contestants): Promise<void> => {
  const streams = [0, 1, 2].map((n) => `box/${own}-${n}`);
  const agents = [`agent-0-${own}`, `agent-1-${own}`];
  const holderOf = (agent: number) => `holder-${agent}-${own}`;
  const workflowId = workflowOf(own);
  const subscription = `s-${own}`;
  const written: Write[] = [];
  const claims: StepRow[] = [];
  const started: Start[] = [];
  const letters: string[] = [];
  const places = new Map<Store, { readonly readers: Cursor[]; moved: Cursor }>();
  let count = 0;
  const newId = () => `${own}-${(count++).toString().padStart(5, '0')}`;

  const ask = async <T>(what: string, call: (store: Store) => Promise<T>): Promise<readonly T[]> => {
    const answers: { readonly name: string; readonly value: T; readonly plain: unknown }[] = [];
    for (const [name, store] of Object.entries(stores)) {
      const { value, plain } = await outcomeOf(() => call(store));
      answers.push({ name, value, plain });
    }
    const [oracle, ...others] = answers;
    for (const other of others)
      if (!isDeepStrictEqual(other.plain, oracle?.plain)) throw new Difference(what, oracle, other);
    return answers.map((it) => it.value);
  };
  const write = async (what: string, made: Write | ((store: Store) => Write)) =>
    (await ask(what, (store) => store.write(typeof made === 'function' ? made(store) : made).then(sameRefusal)))[0];
  const placeOf = (store: Store) => places.get(store) ?? { readers: [], moved: { xid: '0', position: 0 } };
  const headOf = async (stream: string) => (await Object.values(stores)[0]?.heads([stream]))?.heads.get(stream);

  /** An append of some events to a stream, with its head. */
  const append = async (
    stream: string,
    { events = 1, off = 0, state, behind = false }: { events?: number; off?: number; state?: string; behind?: boolean },
  ): Promise<Pick<Write, 'events' | 'heads'>> => {
    const before = await headOf(stream);
    const expectedVersion = Math.max(0, (before?.version ?? 0) + off);
    const made = Array.from({ length: events }, (_, n) =>
      sampleEvent(stream, expectedVersion + n + 1, { id: newId(), correlationId: workflowId }),
    );
    const last = made.at(-1);
    if (!last) throw new Error('an append has an event');
    const head = {
      stream,
      kind: 'box' as const,
      id: stream.slice(4),
      correlationId: workflowId,
      version: last.version,
      state: state ?? before?.state ?? 'a',
      lastEventId: last.id,
      token: before?.token ?? 0,
    };
    // The view is that of the fold of such a stream, so one that was left behind comes to the same.
    return { events: made, heads: [{ head: behind ? head : { ...head, view: { last: last.type } }, expectedVersion }] };
  };

  const stepFor = (stream: string, given: NewStep): StepRow =>
    sampleStep({
      id: newId(),
      kind: given.kind,
      stream,
      workflowId,
      capabilities: [own],
      rank: given.rank,
      // A claim that meets two of one stream, or two that are not due, may take or put aside either: so those are alone in their lane.
      onlyAgent: given.kind === 'work' || given.onlyAgent === null ? null : (agents[given.onlyAgent] ?? null),
      avoidAgent: given.kind === 'work' || given.avoidAgent === null ? null : (agents[given.avoidAgent] ?? null),
      due: given.kind === 'work' && given.due !== null ? [given.due] : [],
      becomes: given.kind === 'work' && given.due !== null ? 'b' : null,
      ...(given.wait !== 'ready' && { state: 'scheduled', runAt: given.wait === 'overdue' ? overdue : later }),
    });

  const queryOf = ({ kind, agent, limit, expired }: Claiming): ClaimQuery => ({
    kinds: [kind],
    agent: agents[agent] ?? '',
    incarnation: holderOf(agent),
    capabilities: [own, 'started'],
    limit: kind === 'work' ? 1 : limit,
    leaseMs: leaseMs(expired),
    actor: agents[agent] ?? '',
    newId: () => `${count.toString(16).padStart(8, '0')}${own.slice(8)}`,
  });

  /** A start of a stream that none of `others` is about; none when there is no such stream. */
  const startFor = async (given: NewStart, others: readonly Start[]): Promise<readonly Start[]> => {
    let stream = given.stream === null ? null : (streams[given.stream] ?? null);
    if (stream === null) {
      stream = `box/${own}-${newId()}`;
      await write('a stream', await append(stream, {}));
    }
    if (others.some((it) => it.step.stream === stream) || (given.again && started.length === 0)) return [];
    const { event, step, unless } = sampleStart(stream, {
      id: given.again ? (started[0]?.step.id ?? '') : newId(),
      kind: given.kind,
      workflowId,
      taskId: null,
      // One lane is the same in all histories, so that it is mostly known; those that may not be due stand in one with all others of their kind.
      capabilities: given.kind === 'check' ? ['started'] : [own],
      rank: given.rank * rankStep,
      onlyAgent: given.kind === 'work' || given.onlyAgent === null ? null : (agents[given.onlyAgent] ?? null),
      due: given.kind === 'work' && given.due !== null ? [given.due] : [],
      becomes: given.due === null ? null : 'b',
    });
    const id = newId();
    const mine = { event: { ...event, id, correlationId: workflowId }, step: { ...step, lastEventId: id } };
    return [{ ...mine, unless: given.unless === null ? unless : { stream: streams[0] ?? '', state: given.unless } }];
  };

  const play = async (operation: Operation, what: string): Promise<void> => {
    switch (operation.do) {
      case 'append': {
        const stream = streams[operation.stream] ?? '';
        const made: Write = await append(stream, operation);
        const ends = operation.ends ? { endSteps: [{ workflowId, stream }] } : {};
        written.push({ ...made, ...ends });
        await write(what, { ...made, ...ends });
        // A step belongs to a stream that is there.
        if (!operation.step || !(await headOf(stream))) return;
        const home = operation.step.kind === 'check' ? `box/${own}-${newId()}` : stream;
        const extra = home === stream ? { events: [], heads: [] } : await append(home, {});
        return void (await write(what, { ...extra, insertSteps: [stepFor(home, operation.step)] }));
      }
      case 'repeat': {
        const before = written[operation.which % Math.max(1, written.length)];
        if (!before) return;
        const [first, ...rest] = before.events;
        const events = first && operation.changed ? [{ ...first, actor: 'somebody else' }, ...rest] : before.events;
        return void (await write(what, { ...before, events }));
      }
      case 'claim': {
        const [won] = await ask(what, (store) => store.claim(queryOf(operation)).then(ofOwnStream));
        count += 1;
        claims.push(...(won ?? []).map((it) => it.step));
        return;
      }
      case 'start': {
        const starts: Start[] = [];
        for (const given of operation.steps) starts.push(...(await startFor(given, starts)));
        starts.sort((a, b) => (a.step.stream < b.step.stream ? -1 : 1));
        const { claim } = operation;
        const [answer] = await ask(what, (store) =>
          // Asked for in one moment.
          Promise.all([
            store.write({ events: [], heads: [], starts }).then(sameRefusal),
            claim ? store.claim(queryOf(claim)).then(ofOwnStream) : [],
          ]),
        );
        count += 1;
        started.push(...starts);
        claims.push(...(answer?.[1] ?? []).map((it) => it.step));
        return;
      }
      case 'finish': {
        const step = claims[operation.which % Math.max(1, claims.length)];
        if (!step) return;
        const { wrong } = operation;
        const made = await append(step.stream, { off: wrong === 'version' ? 1 : 0, state: 'a' });
        const expect = {
          state: 'claimed' as const,
          token: step.token - (wrong === 'token' ? 1 : 0),
          holder: wrong === 'holder' ? 'nobody' : (step.holder ?? ''),
        };
        const runAt = operation.to === 'later' ? overdue : null;
        const state = operation.to === 'later' ? ('scheduled' as const) : operation.to;
        const set = { ...nobody, state, runAt, failures: step.failures + 1, payload: { of: [what] } };
        return void (await write(what, { ...made, changeSteps: [{ id: step.id, expect, set }] }));
      }
      case 'renew': {
        const chosen = operation.which.flatMap((n) => claims[n % Math.max(1, claims.length)] ?? []);
        const held = chosen.map(({ id, token }) => ({ id, token }));
        return void (await ask(what, async (store) =>
          (await store.renew(held, holderOf(operation.holder), leaseMs(operation.expired))).toSorted(),
        ));
      }
      case 'rescue': {
        const [late] = await ask(what, async (store) =>
          store.steps({ workflowId, leaseBefore: await store.now(), limit: 100 }),
        );
        for (const { id, token, rescues } of late ?? [])
          await write(what, {
            events: [],
            heads: [],
            changeSteps: [
              { id, expect: { state: 'claimed', token }, set: { ...nobody, state: 'ready', rescues: rescues + 1 } },
            ],
          });
        return;
      }
      case 'pause':
      case 'resume': {
        const [from, to] = operation.do === 'pause' ? (['ready', 'paused'] as const) : (['paused', 'ready'] as const);
        const [found] = await ask(what, (store) => store.steps({ workflowId, states: [from], limit: 100 }));
        const changeSteps = (found ?? []).map(({ id, token }) => ({
          id,
          expect: { state: from, token },
          set: { state: to },
        }));
        return void (changeSteps.length > 0 && (await write(what, { events: [], heads: [], changeSteps })));
      }
      case 'read':
        return void (await ask(what, async (store) => {
          await allIsSeen(store);
          const { readers } = placeOf(store);
          const after = readers[operation.reader];
          const page = await store.events({
            ...(after && { after }),
            limit: operation.limit,
            ...(operation.types && { types: operation.types }),
          });
          readers[operation.reader] = page.looked;
          return page.events;
        }));
      case 'move': {
        const made = await append(streams[operation.stream] ?? '', {});
        const ends = new Map<Store, Cursor>();
        for (const store of Object.values(stores)) ends.set(store, await store.end());
        const result = await write(what, (store) => {
          const to = ends.get(store) ?? { xid: '0', position: 0 };
          const from = operation.stale ? { xid: '9', position: 999_999_999 } : placeOf(store).moved;
          return { ...made, cursor: { name: subscription, from, to } };
        });
        if (result?.status === 'written') for (const [store, to] of ends) placeOf(store).moved = to;
        return;
      }
      case 'letter': {
        const eventId = operation.take ? (letters[operation.which % Math.max(1, letters.length)] ?? 'none') : newId();
        if (!operation.take) letters.push(eventId);
        await write(what, {
          events: [],
          heads: [],
          ...(operation.take
            ? { takeDeadLetters: [{ subscription, eventId }] }
            : { deadLetter: { subscription, eventId, error: 'no', attempts: 3 } }),
        });
        const mine = async (store: Store) =>
          (await store.deadLetters(10_000)).filter((it) => it.subscription === subscription);
        return void (await ask(what, mine));
      }
    }
  };

  for (const store of Object.values(stores)) {
    await allIsSeen(store);
    const end = await store.end();
    places.set(store, { readers: [end, end], moved: await store.subscription(subscription, 'end') });
  }
  for (const [n, operation] of operations.entries()) await play(operation, `${n} ${operation.do}`);

  // What is left when all is done.
  for (const store of Object.values(stores)) await allIsSeen(store);
  await ask('steps in the end', (store) => store.steps({ workflowId, limit: 1_000 }));
  await ask(
    'events in the end',
    async (store) => (await store.events({ correlationId: workflowId, limit: 1_000 })).events,
  );
  await ask('heads in the end', async (store) =>
    (await store.listHeads({ kind: 'box', correlationId: workflowId, limit: 1_000 })).toSorted((a, b) =>
      a.id < b.id ? -1 : 1,
    ),
  );
  await ask('trace in the end', async (store) =>
    (await store.traces({ limit: 100_000 })).filter((it) => it.correlationId === workflowId),
  );
};

/** Readers of the log are held back by whoever else writes on the same server, for as long as that takes. */
const allIsSeen = async (store: Store): Promise<void> => {
  while (((await store.horizon?.())?.hidden ?? 0) > 0) await sleep(2);
};

/** A step without a task is told in the stream of its workflow, which a history has none of. */
const ofOwnStream = (won: readonly Claimed[]) => won.map(({ step, head }) => ({ step, head }));

/** Nothing may wait in the queue when the next history begins, or it would never meet an empty one. */
const clear = async (store: Store, workflowId: string): Promise<void> => {
  const left = await store.steps({ workflowId, states: ['ready', 'scheduled', 'paused'], limit: 1_000 });
  const changeSteps = left.map(({ id, state, token }) => ({
    id,
    expect: { state, token },
    set: { state: 'cancelled' as const },
  }));
  if (changeSteps.length > 0) await store.write({ events: [], heads: [], changeSteps });
};

/** What was refused is refused for a version or for a step, and a write that breaks both may be told either. */
const sameRefusal = <T extends { readonly status: string; readonly which?: string }>(result: T) =>
  result.status === 'version' || result.status === 'step' ? { status: 'version or step' } : result;

type Outcome<T> = { readonly value: T; readonly plain: unknown };

const outcomeOf = async <T>(call: () => Promise<T>): Promise<Outcome<T>> => {
  try {
    const value = await call();
    return { value, plain: untimed(value) };
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : String(error);
    return { value: undefined as T, plain: { throws: code } }; // nobody looks at what was not answered
  }
};

type Answer = { readonly name: string; readonly plain: unknown } | undefined;

/** Two stores answered differently. */
class Difference extends Error {
  constructor(what: string, oracle: Answer, other: Answer) {
    const show = (it: Answer) => `${it?.name ?? ''}: ${inspect(it?.plain, { depth: 8, breakLength: 160 })}`;
    super(`They differ at ${what}\n${show(oracle)}\n${show(other)}`);
  }
}
