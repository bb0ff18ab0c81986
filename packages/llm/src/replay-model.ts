import { HiveError } from '@hive/errors';
import type { Chunk, Done, Model, ModelRequest, Run } from './model.ts';
import { keyedModel, recordedError, type RecordedCall, type Recording } from './recording.ts';
import { canonicalJson, keyMaterial, requestKey } from './request-key.ts';
import { nothingSpent, spentError } from './spent-error.ts';

/**
 * A model that answers from a recording: the n-th equal request gets the n-th recorded answer, chunk by chunk, failures included.
 * It opens no connection and costs nothing. A request that was not recorded throws `model.replay_miss` and says how it differs
 * from the nearest one; no live model is ever asked instead.
 */
export const createReplayModel = (
  recording: Recording,
  { sha256 }: { readonly sha256: (text: string) => string },
): Model => {
  const model = keyedModel(recording.ref);
  const answers = Map.groupBy(recording.calls, (call) => call.key);
  const asked = new Map<string, number>();

  const next = (request: ModelRequest): RecordedCall => {
    const key = requestKey(request, { model, sha256 });
    const n = asked.get(key) ?? 0;
    const call = answers.get(key)?.[n];
    if (!call) throw miss(request, { key, n, recording, model });
    asked.set(key, n + 1);
    return call;
  };

  return {
    ref: recording.ref,
    destination: 'replay',
    async *call(request, run) {
      refuseIfOver(run);
      const recorded = next(request);
      for (const chunk of recorded.chunks) {
        refuseIfOver(run);
        yield replayed(chunk);
      }
      if (recorded.error) throw recordedError(recorded.error);
      if (recorded.chunks.at(-1)?.type !== 'done')
        throw new HiveError('model.stream_broken', 'The recorded answer has no end', { remedy: 'give_up' });
    },
    capabilities: () =>
      Promise.resolve({
        contextTokens: null,
        maxOutput: null,
        tools: true,
        structured: 'native',
        thinking: true,
        vision: false,
        embeddings: false,
        prefill: false,
        seed: true,
        countExact: false,
        learnt: { from: 'replay', at: null },
      }),
    count: (request) => Promise.resolve({ tokens: estimateTokens(request), exact: false }),
  };
};

/** Tokens of a request by the rule of thumb of four characters each; for admission only. */
export const estimateTokens = (request: ModelRequest): number =>
  Math.ceil(JSON.stringify(keyMaterial(request, '')).length / 4);

const refuseIfOver = (run: Run) => {
  if (!run.signal.aborted) return;
  throw spentError(new HiveError('model.cancelled', 'The call was cancelled'), {
    usage: { ...nothingSpent, costBasis: 'replay', source: 'replay' },
    timing: { queuedMs: 0, firstTokenMs: null, decodeMs: 0, totalMs: 0 },
    sent: false,
  });
};

const replayed = (chunk: Chunk): Chunk => (chunk.type === 'done' ? replayedDone(chunk) : chunk);

const replayedDone = (done: Done): Done => ({
  ...done,
  usage: { ...done.usage, costUsd: 0, costBasis: 'replay', source: 'replay' },
});

type MissOf = { readonly key: string; readonly n: number; readonly recording: Recording; readonly model: string };

const miss = (request: ModelRequest, { key, n, recording, model }: MissOf): HiveError => {
  const material = keyMaterial(request, model);
  const nearest = recording.calls
    .map((call) => ({ key: call.key, differs: differences(keyMaterial(call.request, model), material) }))
    .sort((a, b) => a.differs.length - b.differs.length)[0];
  const because =
    n > 0
      ? `it was recorded ${n} times only`
      : nearest
        ? `the nearest differs in ${nearest.differs.join(', ')}`
        : 'the recording is empty';
  return new HiveError('model.replay_miss', `The recording has no answer to this request: ${because}`, {
    details: { key, occurrence: n + 1, nearest: nearest ?? null },
  });
};

const differences = (a: unknown, b: unknown, path = ''): string[] => {
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object')
    return canonicalJson(a) === canonicalJson(b) ? [] : [path];
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  const at = (value: object, key: string): unknown => (value as Record<string, unknown>)[key];
  return [...keys].flatMap((key) => differences(at(a, key), at(b, key), path === '' ? key : `${path}.${key}`));
};
