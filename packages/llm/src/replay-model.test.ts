import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { HiveError } from '@hive/errors';
import { complete, createReplayModel, recordCalls, requestKey } from './index.ts';
import type { Chunk, Done, Model, ModelRequest, RecordedCall, Run } from './index.ts';
import { modelContract, type ScriptedReply } from './testing.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const run: Run = {
  signal: new AbortController().signal,
  deadline: new Date(0),
  idleMs: 1,
  correlationId: 'c',
  callId: 'c',
};
const ask = (text: string): ModelRequest => ({
  system: [],
  messages: [{ role: 'user', parts: [{ text }] }],
  maxTokens: 10,
});
const ref = { provider: 'ollama', model: 'tiny', box: 'walnut' } as const;
const usage = {
  input: 1,
  cacheRead: 0,
  cacheWrite: 0,
  output: 2,
  costUsd: 3,
  costBasis: 'list',
  source: 'live',
} as const;
const timing = { queuedMs: 0, firstTokenMs: 1, decodeMs: 1, totalMs: 2 };

const doneOf = (text: string, rest: Partial<Done> = {}): Done => ({
  type: 'done',
  stop: 'end',
  text,
  toolCalls: [],
  usage,
  timing,
  model: 'tiny',
  ...rest,
});

/** A model that says what the script says; only as a source for recordings. */
const scriptedModel = (answers: readonly (readonly Chunk[] | HiveError)[]): Model => {
  let n = 0;
  return {
    ref,
    destination: 'nowhere',
    async *call() {
      const answer = answers[n++];
      if (!answer || answer instanceof HiveError) throw answer ?? new Error('the script is over');
      yield* answer;
    },
    capabilities: () => Promise.reject(new Error('not scripted')),
    count: () => Promise.resolve({ tokens: 1, exact: true }),
  };
};

const json = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const chunksOf = ({ text = [], toolCalls = [], stop }: ScriptedReply): readonly Chunk[] | HiveError => {
  if (toolCalls.some((call) => call.raw !== undefined))
    return new HiveError('model.bad_output', 'raw', { remedy: 'retry' });
  const calls = toolCalls.map(({ name, input }, index) => ({
    id: `call_${index}`,
    name,
    input: input as Record<string, unknown>,
  }));
  const output = json(text.join(''));
  return [
    ...text.map((piece) => ({ type: 'text', text: piece }) as const),
    ...calls.map((call) => ({ type: 'tool_call', call }) as const),
    doneOf(text.join(''), {
      toolCalls: calls,
      stop: stop === 'max_tokens' ? stop : calls.length > 0 ? 'tool_use' : 'end',
      ...(output === undefined ? {} : { output }),
    }),
  ];
};

const contract = modelContract(
  ({ script }) => {
    // The contract's requests are not known beforehand, so each is recorded from the script at the moment when it is asked.
    const source = scriptedModel(script.map(chunksOf));
    let requests = 0;
    const model: Model = {
      ...createReplayModel({ v: 1, ref, calls: [] }, { sha256 }),
      async *call(request, given) {
        if (!given.signal.aborted) requests += 1;
        const calls: RecordedCall[] = [];
        const recorder = recordCalls(source, { sha256, onCall: (call) => calls.push(call) });
        if (!given.signal.aborted) await complete(recorder, request, run).catch(() => {});
        yield* createReplayModel(
          { v: 1, ref, calls: JSON.parse(JSON.stringify(calls)) as RecordedCall[] },
          { sha256 },
        ).call(request, given);
      },
    };
    return Promise.resolve({
      model,
      requests: () => requests,
      received: () => Promise.resolve(),
      ended: () => Promise.resolve('complete' as const),
      now: () => 0,
      startClock: () => {},
      stop: () => Promise.resolve(),
    });
  },
  { live: false },
);
for (const { name, run: check } of contract) test(name, check);

const call = (text: string, reply: string): RecordedCall => ({
  key: requestKey(ask(text), { model: 'ollama:tiny', sha256 }),
  request: ask(text),
  chunks: [{ type: 'text', text: reply }, doneOf(reply)],
});

test('the n-th equal request gets the n-th recorded answer, free of charge', async () => {
  const model = createReplayModel(
    { v: 1, ref, calls: [call('a', 'first'), call('b', 'other'), call('a', 'second')] },
    { sha256 },
  );
  const first = await complete(model, ask('a'), run);
  expect(first).toMatchObject({
    text: 'first',
    usage: { costUsd: 0, costBasis: 'replay', source: 'replay', output: 2 },
  });
  expect((await complete(model, ask('a'), run)).text).toBe('second');
  await expect(complete(model, ask('a'), run)).rejects.toMatchObject({
    code: 'model.replay_miss',
    message: expect.stringContaining('2 times') as string,
  });
});

test('a miss names what differs from the nearest recorded request', async () => {
  const model = createReplayModel({ v: 1, ref, calls: [call('a', 'first')] }, { sha256 });
  await expect(complete(model, { ...ask('z'), temperature: 1 }, run)).rejects.toMatchObject({
    code: 'model.replay_miss',
    details: { nearest: { differs: ['messages.0.parts.0', 'temperature'] } },
  });
});

test('a recorded failure fails again with its code and remedy', async () => {
  const calls: RecordedCall[] = [];
  const source = scriptedModel([new HiveError('model.overloaded', 'busy', { remedy: 'retry' })]);
  await expect(
    complete(recordCalls(source, { sha256, onCall: (recorded) => calls.push(recorded) }), ask('a'), run),
  ).rejects.toThrow('busy');
  const model = createReplayModel({ v: 1, ref, calls }, { sha256 });
  await expect(complete(model, ask('a'), run)).rejects.toMatchObject({ code: 'model.overloaded', remedy: 'retry' });
});
