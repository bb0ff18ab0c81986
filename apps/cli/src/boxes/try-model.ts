import { hasCode, type Code } from '@hive/errors';
import { complete, type Done, type ModelRequest } from '@hive/llm';
import { createOllama } from '@hive/ollama-bridge';

/** How a model did: `says` is false for an empty answer, the others are null where it was not asked. */
export type Tried = {
  readonly says: boolean;
  readonly tokensPerS: number | null;
  readonly firstTokenMs: number | null;
  /** Whether it called a tool, and whether it answered as a schema says. */
  readonly tools: boolean | null;
  readonly structured: boolean | null;
};

/**
 * Has a model say a few words, call a tool where it is `said` to know them, and answer by a schema: what a server says of a model is what its template
 * has room for. Throws `model.*` when it cannot be asked at all.
 */
export const tryModel = async (
  endpoint: string,
  asking: { readonly box: string; readonly model: string; readonly tools: boolean; readonly signal: AbortSignal },
): Promise<Tried> => {
  const model = createOllama({ endpoint, box: asking.box, model: asking.model, numCtx: 4096 });
  const ask = (text: string, more: Partial<ModelRequest> = {}) => {
    const run = {
      signal: asking.signal,
      deadline: new Date(Date.now() + tryMs),
      idleMs: tryMs,
      correlationId: 'boxes test',
      callId: 'boxes test',
    };
    return complete(
      model,
      { system: [], messages: [{ role: 'user', parts: [{ text }] }], maxTokens: 100, ...more },
      run,
    );
  };
  const { text, timing } = await ask('Count from one to twenty in words.');
  const says = text.trim() !== '';
  const { tokensPerS = null, firstTokenMs } = timing;
  if (!says) return { says, tokensPerS: null, firstTokenMs, tools: null, structured: null };
  const tools = asking.tools
    ? await holds(ask('Call the tool "ready" with the word yes.', { tools: [ready] }), calls)
    : null;
  const output = { name: 'ready', schema: ready.schema };
  const structured = await holds(ask('Answer with the word yes as JSON.', { output }), isReady);
  return { says, tokensPerS, firstTokenMs, tools, structured };
};

const ready = {
  name: 'ready',
  description: 'Says that you are ready',
  schema: { type: 'object', properties: { word: { type: 'string' } }, required: ['word'], additionalProperties: false },
};
const calls = ({ toolCalls }: Done): boolean => toolCalls.some(({ name }) => name === ready.name);
const isReady = ({ output }: Done): boolean =>
  typeof output === 'object' && output !== null && 'word' in output && typeof output.word === 'string';

/** An answer that is refused as such is an answer to the question whether it can. */
const holds = async (asked: Promise<Done>, how: (done: Done) => boolean): Promise<boolean> => {
  try {
    return how(await asked);
  } catch (error) {
    if (unable.some((code) => hasCode(error, code))) return false;
    throw error;
  }
};
const unable: readonly Code[] = ['model.bad_output', 'model.bad_request', 'model.truncated'];

/** What the trial of a model came to, and what follows from it. */
export const triedLines = (model: string, { says, tokensPerS, firstTokenMs, tools, structured }: Tried): string[] => {
  if (!says) return [`${model} answered with nothing: pull it again with ollama pull ${model}, or name another model`];
  const speed = tokensPerS === null ? 'too short an answer to measure' : `${tokensPerS.toFixed(1)} tok/s`;
  const first = firstTokenMs === null ? '' : `, first token after ${(firstTokenMs / 1000).toFixed(1)} s`;
  const able = (can: boolean | null, what: string) => (can === true ? [what] : []);
  const list = [...able(tools, 'calls tools'), ...able(structured, 'answers by a schema')].join(' and ');
  return [
    `${model} answers: ${speed}${first}${list === '' ? '' : `; it ${list}`}`,
    ...(tools === false
      ? [
          `It is said to know tools and called none: as worker it is asked for each change at once; name another model to have it work by tools`,
        ]
      : []),
    ...(structured === false
      ? [
          `It did not answer as a schema says: plans and reviews will fail with it; name another model for the planner and the reviewer`,
        ]
      : []),
  ];
};

/** Loading a model may take minutes. */
const tryMs = 300_000;
