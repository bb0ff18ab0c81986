import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadLlama, type ChatWrapper, type Completion, type Grammar, type Llama, type LlamaModel } from './llama.ts';
import { noiseModel } from './noise-model.ts';
import type { Scenario } from './scenario.ts';

/** The scenario of nothing but the engine: one model, and no answer of its own. */
export const noiseScenario: Scenario = {
  name: 'noise',
  models: [{ name: 'noise:129k', contextTokens: 16_384, capabilities: ['completion'] }],
  rules: [{}],
};

/** What a model is asked. Counts are tokens; no `maxTokens`, or one of 0 or less, is as many as there is room for. */
export type EngineQuestion = {
  readonly turns: readonly { readonly role: string; readonly text: string }[];
  readonly numCtx: number;
  /** A JSON schema that the answer is held to by a grammar. */
  readonly schema?: unknown;
  readonly maxTokens?: number | undefined;
  readonly seed?: number | undefined;
  readonly temperature?: number | undefined;
  readonly stop?: readonly string[];
};

/** What became of it. `input` counts the prompt as the model read it: what does not fit is cut from the front. */
export type EngineAnswer = {
  readonly input: number;
  readonly output: number;
  readonly stop: 'end' | 'max_tokens' | 'abort';
};

/** A model that really runs. Calls wait for each other; the same question gets the same answer. */
export type Engine = {
  /** Streams an answer. An abort ends it early with `stop: 'abort'`. Throws when no grammar can be made of the schema. */
  readonly speak: (
    question: EngineQuestion,
    on: { readonly signal: AbortSignal; readonly text: (piece: string) => void },
  ) => Promise<EngineAnswer>;
  readonly stop: () => Promise<void>;
};

/**
 * Runs the noise model with llama.cpp on one thread of this process. Throws with the line that installs it when node-llama-cpp is absent.
 * On more threads than cores that are free, llama.cpp's threads spin while they wait for each other: a token then takes seconds.
 */
export const startEngine = async (): Promise<Engine> => {
  const { getLlama, LlamaCompletion, JinjaTemplateChatWrapper } = await loadLlama();
  const folder = await mkdtemp(join(tmpdir(), 'hive-noise-'));
  const path = join(folder, 'noise.gguf');
  try {
    await writeFile(path, noiseModel());
    const llama = await getLlama({ gpu: false, build: 'never', skipDownload: true, maxThreads: 1, logLevel: 'error' });
    const model = await llama.loadModel({ modelPath: path });
    const context = await model.createContext({ contextSize: model.trainContextSize, threads: 1 });
    const sequence = context.getSequence();
    const completion = new LlamaCompletion({ contextSequence: sequence });
    const wrapper = new JinjaTemplateChatWrapper({ template: model.fileInfo.metadata.tokenizer.chat_template });
    let before: Promise<unknown> = Promise.resolve();
    return {
      speak: (question, on) => {
        const said = before.then(async () => {
          // What is remembered of the last prompt would be read in other batches, and an answer could differ in the last bit.
          await sequence.clearHistory();
          return speak(question, { ...on, llama, model, completion, wrapper });
        });
        before = said.catch(() => {});
        return said;
      },
      stop: () => llama.dispose(),
    };
  } finally {
    await rm(folder, { recursive: true });
  }
};

type Speaking = Parameters<Engine['speak']>[1] & {
  readonly llama: Llama;
  readonly model: LlamaModel;
  readonly completion: Completion;
  readonly wrapper: ChatWrapper;
};

const speak = async (
  { turns, numCtx, schema, maxTokens = -1, seed = 0, temperature = 0.8, stop = [] }: EngineQuestion,
  { signal, text, llama, model, completion, wrapper }: Speaking,
): Promise<EngineAnswer> => {
  const grammar = await grammarOf(schema, llama);
  const { contextText, stopGenerationTriggers } = wrapper.generateContextState({
    chatHistory: [...turns.map(turnOf), { type: 'model', response: [] }],
  });
  const fits = Math.max(2, Math.min(numCtx, model.trainContextSize));
  // One place is left for the answer, or there would be nothing to stop at.
  const prompt = contextText.tokenize(model.tokenizer).slice(-(fits - 1));
  const room = fits - prompt.length;
  let output = 0;
  const { metadata } = await completion.generateCompletionWithMeta(prompt, {
    signal,
    stopOnAbortSignal: true,
    maxTokens: maxTokens <= 0 ? room : Math.min(maxTokens, room),
    // The prompt fits; by default the library would make room in it for the end of the answer.
    contextShiftSize: 1,
    seed,
    temperature,
    // A penalty on what was said before is one on the quotes and brackets of JSON, too.
    repeatPenalty: false,
    customStopTriggers: [...stopGenerationTriggers, ...stop],
    ...(grammar === undefined ? {} : { grammar }),
    onToken: (tokens) => (output += tokens.length),
    onTextChunk: text,
  });
  const { stopReason } = metadata;
  return {
    input: prompt.length,
    output,
    stop: stopReason === 'abort' ? 'abort' : stopReason === 'maxTokens' ? 'max_tokens' : 'end',
  };
};

const turnOf = ({ role, text }: EngineQuestion['turns'][number]) => {
  if (role === 'assistant') return { type: 'model', response: [text] } as const;
  return { type: role === 'system' ? 'system' : 'user', text } as const;
};

/** `format: "json"` is any object, as Ollama has it. */
const grammarOf = async (schema: unknown, llama: Llama): Promise<Grammar | undefined> => {
  if (schema === 'json') return llama.createGrammarForJsonSchema({ type: 'object' });
  if (schema === null || typeof schema !== 'object') return undefined;
  return llama.createGrammarForJsonSchema(schema);
};
