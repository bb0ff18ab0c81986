import { record } from '@hive/bus';
import { streams, isOpenCall, type AnyCall, type NewEvent, type OpenCall } from '@hive/events';
import type { Head } from '@hive/core-db';
import type { Context } from '../agent.ts';

const many = 10_000;
/** Longer than any call may take, for those whose process cannot be looked up. */
const longestMs = 20 * 60_000;
const backMs = 60 * 60_000;
const lookMs = 5000;

/** Looks for calls whose process is gone. One per process. */
export type LostCalls = { look(): Promise<number> };

/**
 * Ends calls that nobody will end: their process died between `model.intended` and `model.called`. What they cost is not known, so budgets are charged
 * what was reserved. A call ends once, whoever is faster. Answers how many were ended.
 */
export const createLostCalls = ({ bus, log }: Pick<Context, 'bus' | 'log'>): LostCalls => {
  const { store, around } = bus;
  let lookedAt = -Infinity;
  /** Whatever is older was looked at by this process before. */
  let from = '';

  return {
    look: async () => {
      if (around.elapsed() - lookedAt < lookMs) return 0;
      lookedAt = around.elapsed();
      const heads = await store.listHeads({
        kind: 'call',
        states: ['open'],
        oldest: true,
        limit: many,
        ...(from !== '' && { before: from }),
      });
      const open = heads.flatMap((head) =>
        isOpenCall(head.view as AnyCall) ? [{ head, call: head.view as OpenCall }] : [],
      ); // heads of kind `call` are made by foldStream
      const gone = new Set(open.length === 0 ? [] : await store.gone([...new Set(open.map(({ call }) => call.by))]));
      const now = around.wall();
      const lost = open.filter(({ call }) => gone.has(call.by) || now - begunAt(call.callId) > longestMs);
      for (const { head, call } of lost) {
        await end(bus, head, call);
        log.warn({ callId: call.callId, correlationId: head.correlationId }, 'a call was lost with its process');
      }
      const oldest = open.find((it) => !lost.includes(it));
      from = oldest ? before(begunAt(oldest.call.callId)) : before(now - backMs);
      return lost.length;
    },
  };
};

const begunAt = (id: string): number => Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16);

/** An id (uuid version 7) below all that are made at a moment or later. */
const before = (ms: number): string => {
  const hex = Math.floor(ms).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
};

const end = async ({ store, around, actor }: Context['bus'], head: Head, call: OpenCall): Promise<void> => {
  const { by: _by, tokens, usd, ...told } = call;
  const event: NewEvent<'model.called'> = {
    type: 'model.called',
    stream: streams.call(call.callId),
    data: {
      ...told,
      outcome: 'model.stream_broken',
      input: null,
      output: null,
      cached: null,
      costUsd: call.provider === 'ollama' ? 0 : null,
      firstTokenMs: null,
      totalMs: 0,
      tokensPerS: null,
      source: 'live',
      reply: null,
      estimate: { tokens, usd },
    },
  };
  await record(store, {
    streams: [head.stream],
    onRefused: 'drop', // it has ended meanwhile
    newId: around.newId,
    plan: (heads) => ({
      moves: [{ events: [event] }],
      stamp: { correlationId: head.correlationId, causationId: heads.get(head.stream)?.lastEventId ?? null, actor },
    }),
  });
};
