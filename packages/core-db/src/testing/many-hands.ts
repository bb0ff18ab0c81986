import { randomUUID } from 'node:crypto';
import type { LoggedEvent, Store, WriteResult } from '../port.ts';
import { sampleStep, sampleWrite } from './samples.ts';

/** A call that brought something: when it was made, and when it was answered. */
type Call = {
  readonly what: 'claim' | 'finish';
  readonly step: string;
  readonly token: number;
  readonly from: number;
  readonly to: number;
};

/**
 * Several stores claim and give back the same few steps at once while others read, and every call is noted with its beginning and its end.
 * Answers what no order of single calls can explain, and what a reader missed or saw twice.
 */
export const manyHands = async (
  stores: readonly Store[],
  { steps, rounds }: { readonly steps: number; readonly rounds: number },
): Promise<{ readonly calls: number; readonly violations: readonly string[] }> => {
  const own = randomUUID();
  const [first] = stores;
  if (!first) throw new Error('many hands need a store');
  const start = await first.end();
  for (let n = 0; n < steps; n++) {
    const stream = `box/${own}-${n}`;
    await first.write({
      ...sampleWrite(stream, 0, { events: [{ correlationId: own }] }),
      insertSteps: [sampleStep({ id: stream, stream, workflowId: own, capabilities: [own] })],
    });
  }

  const calls: Call[] = [];
  const note = async <T>(call: () => Promise<T>, won: (value: T) => Pick<Call, 'what' | 'step' | 'token'> | null) => {
    const from = performance.now();
    const value = await call();
    const told = won(value);
    if (told) calls.push({ ...told, from, to: performance.now() });
    return value;
  };
  let working = true;
  const hand = async (store: Store, name: string): Promise<void> => {
    // A round that wins nothing is no round: others held every step in that moment.
    for (let round = 0; round < rounds;) {
      const [claimed] = await note(
        () => store.claim({ ...query(own, name), newId: randomUUID }),
        ([it]) => (it && { what: 'claim', step: it.step.id, token: it.step.token }) || null,
      );
      if (!claimed) continue;
      const { step, head } = claimed;
      const change = {
        id: step.id,
        expect: { state: 'claimed', token: step.token, holder: name },
        set: { state: 'ready', holder: null, holderAgent: null, leaseUntil: null },
      } as const;
      const giveBack = () =>
        store.write({
          ...sampleWrite(step.stream, head.version, { events: [{ correlationId: own }] }),
          changeSteps: [change],
        });
      const given = async () => {
        // A write that met a later transaction is refused and made anew, as the bus does.
        for (;;) {
          const result = await giveBack();
          if (result.status !== 'version') return result;
        }
      };
      const ended = (result: WriteResult) =>
        result.status === 'written' ? ({ what: 'finish', step: step.id, token: step.token } as const) : null;
      await note(given, ended);
      // Every other end is tried twice: the second time it must change nothing.
      if (round % 2 === 1) await note(giveBack, ended);
      round += 1;
    }
  };
  const reader = async (store: Store): Promise<LoggedEvent[]> => {
    const seen: LoggedEvent[] = [];
    for (let after = start, last = false; ;) {
      last = !working;
      const { events, looked } = await store.events({ after, limit: 5 });
      seen.push(...events.filter((it) => it.correlationId === own));
      after = looked;
      if (last && events.length === 0) return seen;
      if (events.length === 0) await new Promise((turn) => setTimeout(turn, 1));
    }
  };
  const reading = stores.map(reader);
  await Promise.all(stores.flatMap((store, n) => [hand(store, `${own}-${n}-a`), hand(store, `${own}-${n}-b`)]));
  working = false;
  const read = await Promise.all(reading);
  const log = await first.events({ correlationId: own, limit: 100_000 });
  const wanted = log.events.map((it) => it.id).join();
  return {
    calls: calls.length,
    violations: [
      ...orderOf(calls),
      ...read.flatMap((seen, n) =>
        seen.map((it) => it.id).join() === wanted
          ? []
          : [`reader ${n} saw ${seen.length} of ${log.events.length} events, or in another order`],
      ),
    ],
  };
};

const query = (own: string, name: string) =>
  ({
    kinds: ['work'],
    agent: name,
    incarnation: name,
    capabilities: [own],
    limit: 1,
    leaseMs: 60_000,
    actor: name,
  }) as const;

/**
 * Each step is one register whose order is that of its tokens: claim, finish, claim, … An order explains the calls when each has a moment of its own
 * between its beginning and its end, so none may have ended before the one ahead of it began.
 */
const orderOf = (calls: readonly Call[]): string[] =>
  [...Map.groupBy(calls, (it) => it.step)].flatMap(([step, own]) => {
    const inOrder = own.toSorted((a, b) => a.token - b.token || (a.what === 'claim' ? -1 : 1));
    const found: string[] = [];
    let latest = -Infinity;
    for (const [n, call] of inOrder.entries()) {
      const before = inOrder[n - 1];
      const fits =
        call.what === 'claim'
          ? before === undefined || before.what === 'finish'
          : before?.token === call.token && before.what === 'claim';
      if (!fits)
        found.push(
          `${step}: ${call.what} with ${call.token} after ${before?.what ?? 'nothing'} with ${before?.token ?? 0}`,
        );
      latest = Math.max(latest, call.from);
      if (call.to < latest)
        found.push(`${step}: ${call.what} with ${call.token} ended before one ahead of it had begun`);
    }
    return found;
  });
