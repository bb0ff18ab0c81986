import { z } from 'zod';
import { isHiveError, type Code } from '@hive/errors';
import { askFor, type AskedCall } from './ask-for.ts';
import { complete } from './complete.ts';
import type { Chunk, Done, Model, ModelRequest, Run, Usage } from './model.ts';

/** What the server behind a model under test answers to the n-th request. `hang` and `cut` need a live server. */
export type ScriptedReply = {
  readonly text?: readonly string[];
  readonly toolCalls?: readonly { readonly name: string; readonly input?: unknown; readonly raw?: string }[];
  readonly stop?: 'max_tokens' | 'refusal';
  readonly hang?: 'before_headers' | 'after_headers' | 'after_first_piece';
  readonly cut?: 'after_first_piece';
};
export type Script = readonly ScriptedReply[];

/** Builds the model under test. `idleMs` is how long a silent server is waited for, also before its headers. */
export type MakeModel = (options: { readonly script: Script; readonly idleMs: number }) => Promise<{
  readonly model: Model;
  /** How many requests for an answer have arrived. */
  readonly requests: () => number;
  /** Waits until the n-th request (from 1) has arrived. */
  readonly received: (n: number) => Promise<void>;
  /** Waits until the n-th connection is closed and tells by whom. */
  readonly ended: (n: number) => Promise<'complete' | 'cut' | 'client_closed'>;
  /** The clock that deadlines and waits go by; it stands still until it is started. */
  readonly now: () => number;
  readonly startClock: () => void;
  readonly stop: () => Promise<void>;
}>;

/** One promise of the port, as a named function for any test runner. */
export type ContractCase = { readonly name: string; readonly run: () => Promise<void> };

/**
 * The promises that every model keeps. `live: false` leaves out what only a server can do wrong (hang, break off).
 *
 * @example
 * for (const { name, run } of modelContract(makeModel, { live: true })) test(name, run);
 */
export const modelContract = (make: MakeModel, { live }: { readonly live: boolean }): readonly ContractCase[] => {
  type Made = Awaited<ReturnType<MakeModel>>;
  const scripted = (
    name: string,
    script: Script,
    check: (made: Made) => Promise<void>,
    idleMs = 10_000,
  ): ContractCase => ({
    name,
    run: async () => {
      const made = await make({ script, idleMs });
      try {
        await check(made);
      } finally {
        await made.stop();
      }
    },
  });

  const everywhere: ContractCase[] = [
    scripted(
      'pieces arrive in order and make up the text of the one last chunk',
      [{ text: ['Grüße, ', 'Biene ', '🐝!'] }],
      async ({ model }) => {
        const chunks = await collect(model, hello, runFor());
        const done = chunks.at(-1);
        const texts = chunks.flatMap((chunk) => (chunk.type === 'text' ? [chunk.text] : []));
        same(chunks.filter((chunk) => chunk.type === 'done').length, 1, 'done chunks');
        if (done?.type !== 'done') return fail('the last chunk is done', done?.type);
        same(texts.join(''), 'Grüße, Biene 🐝!', 'pieces');
        same(done.text, texts.join(''), 'text of done');
        same(done.stop, 'end', 'stop');
        same(texts.length >= 2, true, 'it was streamed');
      },
    ),
    scripted('usage and timing are known at the end', [{ text: ['Hello'] }], async ({ model }) => {
      const done = await complete(model, hello, runFor());
      same(typeof done.usage.output, 'number', 'usage.output');
      same(done.usage.source === 'replay', !live, 'usage.source');
      same(done.timing.totalMs >= 0, true, 'timing.totalMs');
      same(typeof done.model, 'string', 'model');
    }),
    scripted(
      'parallel tool calls keep their order, have ids of their own and parsed arguments',
      [{ text: ['Looking.'], toolCalls: twoCalls }],
      async ({ model }) => {
        const chunks = await collect(model, { ...hello, tools: [readTool] }, runFor());
        const calls = chunks.flatMap((chunk) => (chunk.type === 'tool_call' ? [chunk.call] : []));
        const done = chunks.at(-1);
        same(
          calls.map(({ name, input }) => ({ name, input })),
          twoCalls,
          'calls',
        );
        same(new Set(calls.map((call) => call.id)).size, 2, 'different ids');
        same(done?.type === 'done' && done.stop, 'tool_use', 'stop');
        same(done?.type === 'done' && done.toolCalls, calls, 'calls of done');
      },
    ),
    scripted(
      'tool arguments that are no JSON object are bad output',
      [{ toolCalls: [{ name: 'read', raw: '{"path": "a' }] }],
      async ({ model }) => {
        await throws('model.bad_output', () => complete(model, { ...hello, tools: [readTool] }, runFor()));
      },
    ),
    scripted('JSON that was asked for arrives parsed', [{ text: ['{"size', '": 3}'] }], async ({ model }) => {
      const { value } = await askFor(model, question(), runFor());
      same(value, { size: 3 }, 'value');
    }),
    scripted(
      'an answer that does not match gets one repair turn',
      [{ text: ['{"size": "big"}'] }, { text: ['{"size": 4}'] }],
      async ({ model, requests }) => {
        const calls: AskedCall[] = [];
        const { value } = await askFor(model, { ...question(), onCall: (call) => void calls.push(call) }, runFor());
        same(value, { size: 4 }, 'value');
        same(requests(), 2, 'requests');
        same(
          calls.map((call) => call.turn),
          [1, 2],
          'recorded turns',
        );
        same(JSON.stringify(calls[1]?.request).includes('size'), true, 'the errors are in the repair turn');
      },
    ),
    scripted(
      'prose, also after the repair turn, is bad output, after two requests',
      [{ text: ['Sure!'] }, { text: ['Of course!'] }],
      async ({ model, requests }) => {
        await throws('model.bad_output', () => askFor(model, question(), runFor()));
        same(requests(), 2, 'requests');
      },
    ),
    scripted('an empty answer, twice, is bad output', [{ text: [] }, { text: [] }], async ({ model }) => {
      await throws('model.bad_output', () => askFor(model, question(), runFor()));
    }),
    scripted(
      'half a JSON at the token limit is truncated, and is not repaired',
      [{ text: ['{"si'], stop: 'max_tokens' }],
      async ({ model, requests }) => {
        await throws('model.truncated', () => askFor(model, question(), runFor()));
        same(requests(), 1, 'requests');
      },
    ),
    scripted('an estimate of tokens grows with the prompt', [{ text: ['x'] }], async ({ model }) => {
      const short = await model.count(hello, runFor());
      const long = await model.count({ ...hello, system: [{ text: 'word '.repeat(1000) }] }, runFor());
      same(short.tokens > 0 && long.tokens > short.tokens, true, 'tokens');
    }),
    scripted(
      'a call that was cancelled before it began sends nothing, and says that it cost nothing',
      [{ text: ['x'] }],
      async ({ model, requests }) => {
        let sent = 0;
        const run = runFor({ signal: AbortSignal.abort(), onSent: () => (sent += 1) });
        const { details } = await throws('model.cancelled', () => complete(model, hello, run));
        same([requests(), sent, details['sent']], [0, 0, false], 'requests');
        const { input, output } = usageIn(details);
        same([input, output], [0, 0], 'usage');
      },
    ),
    scripted(
      'cancelling between two pieces ends the call as cancelled',
      [{ text: ['one ', 'two ', 'three'], ...(live ? { hang: 'after_first_piece' } : {}) }],
      async ({ model, ended }) => {
        const stop = new AbortController();
        await throws('model.cancelled', async () => {
          for await (const chunk of model.call(hello, runFor({ signal: stop.signal })))
            if (chunk.type === 'text') stop.abort();
        });
        if (live) same(await ended(1), 'client_closed', 'who closed');
      },
    ),
  ];

  const whereServersFail: ContractCase[] = [
    scripted('what a model can do says where that was learnt', [], async ({ model }) => {
      const can = await model.capabilities(runFor());
      same(typeof can.learnt.at, 'string', 'learnt.at');
      same(can.tools, true, 'tools');
      for (const name of ['thinking', 'vision', 'embeddings', 'prefill', 'seed', 'countExact'] as const)
        same(typeof can[name], 'boolean', name);
      for (const name of ['contextTokens', 'maxOutput'] as const)
        same(can[name] === null || Number(can[name]) > 0, true, name);
    }),
    scripted('whoever runs a call hears once that it leaves', [{ text: ['x'] }], async ({ model, requests }) => {
      const heard: number[] = [];
      await complete(model, hello, runFor({ onSent: () => heard.push(requests()) }));
      same(heard, [0], 'requests that had arrived when it was said');
    }),
    scripted('texts get vectors in their order, where a model embeds at all', [], async ({ model }) => {
      if (!model.embed) return;
      const { vectors, usage } = await model.embed(['one', 'two', 'one'], runFor());
      same([vectors.length, vectors[0], vectors[1]?.length], [3, vectors[2], vectors[0]?.length], 'vectors');
      same(JSON.stringify(vectors[0]) === JSON.stringify(vectors[1]), false, 'other texts have the same vector');
      same(usage.output, 0, 'usage.output');
      const run = runFor({ signal: AbortSignal.abort() });
      const { details } = await throws('model.cancelled', () => model.embed?.(['x'], run) ?? Promise.resolve());
      same(details['sent'], false, 'sent');
    }),
    scripted(
      'cancelling between the headers and the first piece closes the connection',
      [{ hang: 'after_headers' }],
      async ({ model, received, ended }) => {
        const stop = new AbortController();
        const answer = throws('model.cancelled', () => complete(model, hello, runFor({ signal: stop.signal })));
        await received(1);
        stop.abort();
        const { details } = await answer;
        same([details['sent'], usageIn(details).output], [true, null], 'what is known');
        same(await ended(1), 'client_closed', 'who closed');
      },
    ),
    scripted(
      'a deadline ends an answer that is on its way',
      [{ text: ['one ', 'two'], hang: 'after_first_piece' }],
      async ({ model, ended, now }) => {
        const run = runFor({ deadline: new Date(now() + 300) });
        const { details } = await throws('model.timeout', () => complete(model, hello, run));
        same(details['phase'], 'total', 'phase');
        same(await ended(1), 'client_closed', 'who closed');
      },
    ),
    scripted(
      'leaving the loop closes the connection',
      [{ text: ['one ', 'two'], hang: 'after_first_piece' }],
      async ({ model, ended }) => {
        for await (const chunk of model.call(hello, runFor())) if (chunk.type === 'text') break;
        same(await ended(1), 'client_closed', 'who closed');
      },
    ),
    scripted(
      'cancelling before the headers closes the connection',
      [{ hang: 'before_headers' }],
      async ({ model, received, ended }) => {
        const stop = new AbortController();
        const answer = throws('model.cancelled', () => complete(model, hello, runFor({ signal: stop.signal })));
        await received(1);
        stop.abort();
        await answer;
        same(await ended(1), 'client_closed', 'who closed');
      },
    ),
    scripted(
      'cancelling in the repair turn ends the call as cancelled',
      [{ text: ['Sure!'] }, { hang: 'before_headers' }],
      async ({ model, received, ended }) => {
        const stop = new AbortController();
        const answer = throws('model.cancelled', () => askFor(model, question(), runFor({ signal: stop.signal })));
        await received(2);
        stop.abort();
        await answer;
        same(await ended(2), 'client_closed', 'who closed');
      },
    ),
    scripted('a deadline that has passed sends nothing', [{ text: ['x'] }], async ({ model, requests }) => {
      const error = await throws('model.timeout', () => complete(model, hello, runFor({ deadline: new Date(0) })));
      same(error.details['phase'], 'total', 'phase');
      same(requests(), 0, 'requests');
    }),
    scripted(
      'a server that says nothing is left, with the phase',
      [{ hang: 'before_headers' }],
      async ({ model, received, ended, startClock }) => {
        const left = throws('model.timeout', () => complete(model, hello, runFor({ idleMs: 60 })));
        await received(1);
        startClock();
        const error = await left;
        same(['connect', 'load'].includes(String(error.details['phase'])), true, 'phase');
        same(await ended(1), 'client_closed', 'who closed');
      },
      60,
    ),
    scripted(
      'a server that falls silent is left, with the phase',
      [{ text: ['one ', 'two'], hang: 'after_first_piece' }],
      async ({ model, ended, startClock }) => {
        const error = await throws('model.timeout', () =>
          complete(model, hello, runFor({ idleMs: 60 }), (chunk) => chunk.type === 'text' && startClock()),
        );
        same(error.details['phase'], 'idle', 'phase');
        same(await ended(1), 'client_closed', 'who closed');
      },
      2_000,
    ),
    scripted(
      'an answer without its end is a broken stream and tells what was used',
      [{ text: ['one ', 'two'], cut: 'after_first_piece' }],
      async ({ model, requests }) => {
        const error = await throws('model.stream_broken', () => complete(model, hello, runFor()));
        same(error.remedy, 'retry', 'remedy');
        same(
          ['usage', 'timing', 'sent'].every((name) => name in error.details),
          true,
          'usage, timing and sent',
        );
        same(requests(), 1, 'requests');
      },
    ),
  ];
  return live ? [...everywhere, ...whereServersFail] : everywhere;
};

const hello: ModelRequest = {
  system: [{ text: 'You are terse.' }],
  messages: [{ role: 'user', parts: [{ text: 'Say hello.' }] }],
  maxTokens: 200,
};
const Sized = z.strictObject({ size: z.int().min(0).max(9) });
const question = (request = hello) => ({ name: 'size', schema: Sized, request });

/** Asks for `{ size }`, a digit, as callers ask for JSON: with one repair turn. */
export const askForSize = async (model: Model, request: ModelRequest, run: Run): Promise<Done> =>
  (await askFor(model, question(request), run)).done;

const readTool = {
  name: 'read',
  description: 'Reads a file',
  schema: { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] },
};
const twoCalls = [
  { name: 'read', input: { path: 'a "quoted"\n.js' } },
  { name: 'read', input: { path: 'ü/🐝.js' } },
];

const farFuture = new Date('2100-01-01T00:00:00Z');
const runFor = (given: Partial<Run> = {}): Run => ({
  signal: new AbortController().signal,
  deadline: farFuture,
  idleMs: 10_000,
  correlationId: 'contract',
  callId: 'contract',
  ...given,
});

const usageIn = (details: Readonly<Record<string, unknown>>): Partial<Usage> => details['usage'] ?? {};

const collect = async (model: Model, request: ModelRequest, run: Run): Promise<Chunk[]> => {
  const chunks: Chunk[] = [];
  for await (const chunk of model.call(request, run)) chunks.push(chunk);
  return chunks;
};

const fail = (what: string, found: unknown): never => {
  throw new Error(`The contract expects ${what}; found ${JSON.stringify(found)}`);
};
const same = (found: unknown, expected: unknown, what: string) => {
  if (JSON.stringify(found) !== JSON.stringify(expected)) fail(`${what} to be ${JSON.stringify(expected)}`, found);
};
const throws = async (code: Code, run: () => Promise<unknown>) => {
  try {
    await run();
  } catch (error) {
    if (isHiveError(error) && error.code === code) return error;
    throw new Error(`The contract expects ${code}; found ${String(error)}`, { cause: error });
  }
  throw new Error(`The contract expects ${code}; the call ended well`);
};
