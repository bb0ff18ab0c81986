import type { BoxModel, BoxState, Placed, PoolCall, PoolState } from './pool-state.ts';

/** Samples for tests: a box with one loaded model of 18 GB that answers with 40 tokens per second. */
export const aModel = (over: Partial<BoxModel> = {}): BoxModel => ({
  name: 'coder:30b',
  digest: 'c',
  size: 18e9,
  bytesPerToken: 0,
  numCtx: 16_384,
  can: ['completion', 'tools'],
  ...over,
});

export const aBox = (name: string, over: Partial<BoxState> & { tps?: number } = {}): BoxState => {
  const { tps = 40, ...rest } = over;
  const models = rest.models ?? [aModel()];
  return {
    name,
    up: true,
    seenAt: 0,
    models,
    loaded: [{ digest: 'c', size: 18e9, sizeVram: 18e9 }],
    memory: { total: 24e9, used: 18e9 },
    facts: Object.fromEntries(
      models.map(({ digest }) => [digest, { calls: 9, decodeTps: tps, prefillTps: tps * 20, loadBytesPerS: 1e9 }]),
    ),
    quietUntil: null,
    maxInFlight: 1,
    prefixes: [],
    ...rest,
  };
};

export const aCall = (over: Partial<PoolCall> = {}): PoolCall => ({
  callId: 'me',
  turnOf: 'me',
  kind: 'worker',
  candidates: [{ model: 'coder:30b' }],
  promptTokens: 800,
  outputTokens: 400,
  maxTokens: 1000,
  needs: [],
  prefix: null,
  ...over,
});

export const aPlace = (callId: string, over: Partial<Placed> = {}): Placed => ({
  callId,
  box: 'a',
  digest: 'c',
  state: 'waits',
  promptTokens: 800,
  outputTokens: 400,
  since: -1000,
  ...over,
});

export const aPool = (boxes: readonly BoxState[], placed: readonly Placed[] = []): PoolState => ({
  boxes,
  placed,
  placedAt: 0,
  pollMs: 5000,
});
