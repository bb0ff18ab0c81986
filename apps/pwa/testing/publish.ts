// `node publish.ts HOME EVENTS PER_SECOND [TRACE]`: records model calls in a store, in a trace of their own unless one is named, as fast as asked for, and says how it went in one line of JSON.
import { openStore, type EventRow, type HeadWrite, type Store } from '@hive/core-db';
import { foldStream, parseStream, stateOf, streams, type NewEvent } from '@hive/events';
import { uuidNow } from './log.ts';

/** How many, how fast, and in which trace: without one in a trace of their own. */
export type Publishing = {
  readonly events: number;
  readonly perSecond: number;
  readonly everyMs?: number;
  readonly trace?: string;
};

/** What was recorded, and how fast it really was. */
export type Published = { readonly ids: readonly string[]; readonly perSecond: number; readonly trace: string };

const artefact = 'a1'.repeat(32);

const call = (callId: string, n: number): NewEvent & { readonly type: 'model.called' } => ({
  type: 'model.called',
  stream: streams.call(callId),
  data: {
    ...{ callId, taskId: null, provider: 'ollama', model: 'qwen2.5-coder:32b', role: 'worker', box: 'walnut' },
    ...{ destination: 'walnut.lan:11434', outcome: 'ok', input: 1200 + n, output: 340, cached: 90, costUsd: 0 },
    ...{ firstTokenMs: 420, totalMs: 15_321, tokensPerS: 22.8, source: 'live' },
    ...{ prompt: artefact, reply: artefact },
  },
});

/**
 * Records calls of one trace, each in a stream of its own; each says in `at` the moment before its commit. All else about them is made before
 * the first commit: who publishes is not what is measured, and shares the processor with what is.
 */
export const publish = async (
  store: Store,
  { events, perSecond, everyMs = 10, trace = uuidNow() }: Publishing,
): Promise<Published> => {
  const ids = Array.from({ length: events }, uuidNow);
  const made = ids.map((id, n): EventRow => {
    const causationId = ids[n - 1] ?? null;
    const of = { version: 1, correlationId: trace, causationId, actor: 'worker/worker-1', at: '' };
    return { id, ...call(uuidNow(), n), ...of };
  });
  const heads = made.map((row): HeadWrite => ({ head: headOf(row), expectedVersion: 0 }));
  let sent = 0;
  const began = performance.now();
  while (sent < events) {
    const due = Math.min(events, Math.floor(((performance.now() - began + everyMs) / 1000) * perSecond));
    const at = new Date().toISOString();
    if (due > sent) {
      const result = await store.write({
        events: made.slice(sent, due).map((row) => ({ ...row, at })),
        heads: heads.slice(sent, due),
      });
      sent = due;
      if (result.status !== 'written') throw new Error(`events were answered with ${JSON.stringify(result)}`);
      store.ring();
    }
    await new Promise((turn) => setTimeout(turn, everyMs));
  }
  return { ids, trace, perSecond: Math.round(events / ((performance.now() - began) / 1000)) };
};

const headOf = (row: EventRow): HeadWrite['head'] => {
  const { stream, correlationId, id: lastEventId } = row;
  const view = foldStream(null, row);
  return {
    ...{ stream, ...parseStream(stream), correlationId, version: 1, state: stateOf(stream, view) },
    ...{ lastEventId, token: 0, view },
  };
};

if (import.meta.main) {
  const [home = '', events = '0', perSecond = '0', trace] = process.argv.slice(2);
  const store = await openStore({ home });
  const published = await publish(store, {
    ...{ events: Number(events), perSecond: Number(perSecond) },
    ...(trace !== undefined && { trace }),
  });
  await store.close();
  process.stdout.write(`${JSON.stringify(published)}\n`);
}
