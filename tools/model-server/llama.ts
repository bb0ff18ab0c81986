import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** What turns a schema into rules that every token keeps to. */
export type Grammar = object;

/** A running llama.cpp. */
export type Llama = {
  readonly loadModel: (options: { readonly modelPath: string }) => Promise<LlamaModel>;
  readonly createGrammarForJsonSchema: (schema: object) => Promise<Grammar>;
  readonly dispose: () => Promise<void>;
};

/** A model in memory. */
export type LlamaModel = {
  readonly trainContextSize: number;
  readonly tokenizer: unknown;
  readonly fileInfo: { readonly metadata: { readonly tokenizer: { readonly chat_template: string } } };
  readonly createContext: (options: {
    readonly contextSize: number;
    readonly threads: number;
  }) => Promise<{ readonly getSequence: () => Sequence }>;
};

type Sequence = { readonly clearHistory: () => Promise<void> };
type Stop = 'eogToken' | 'stopGenerationTrigger' | 'customStopTrigger' | 'maxTokens' | 'abort';
type Turn =
  | { readonly type: 'system' | 'user'; readonly text: string }
  | { readonly type: 'model'; readonly response: readonly string[] };

/** Makes a prompt of turns by the template of a model; texts of turns are never read as special tokens. */
export type ChatWrapper = {
  readonly generateContextState: (options: { readonly chatHistory: readonly Turn[] }) => {
    readonly contextText: { readonly tokenize: (tokenizer: unknown) => number[] };
    readonly stopGenerationTriggers: readonly unknown[];
  };
};

/** Goes on where a prompt ends. */
export type Completion = {
  readonly generateCompletionWithMeta: (
    prompt: readonly number[],
    options: {
      readonly signal: AbortSignal;
      readonly stopOnAbortSignal: true;
      readonly maxTokens: number;
      readonly contextShiftSize: number;
      readonly seed: number;
      readonly temperature: number;
      readonly repeatPenalty: false;
      readonly customStopTriggers: readonly unknown[];
      readonly grammar?: Grammar;
      readonly onToken: (tokens: readonly number[]) => void;
      readonly onTextChunk: (text: string) => void;
    },
  ) => Promise<{ readonly metadata: { readonly stopReason: Stop } }>;
};

/** As much of node-llama-cpp as is used here, in words of our own: its declarations are absent where it is not installed. */
export type LlamaLibrary = {
  readonly getLlama: (options: {
    readonly gpu: false;
    readonly build: 'never';
    readonly skipDownload: true;
    readonly maxThreads: number;
    readonly logLevel: 'error';
  }) => Promise<Llama>;
  readonly LlamaCompletion: new (options: { readonly contextSequence: Sequence }) => Completion;
  readonly JinjaTemplateChatWrapper: new (options: { readonly template: string }) => ChatWrapper;
};

/** A folder of its own: what is installed beside the rest with `--omit=optional` takes the bundled Node and more away with it. */
const folder = 'tools/model-server/llama';
const install = `npm install --prefix ${folder} --no-save --omit=optional --ignore-scripts node-llama-cpp@3.22.1 @node-llama-cpp/linux-x64@3.22.1`;

/** Loads node-llama-cpp, which is no dependency for its size. Throws with the line that installs it. */
export const loadLlama = async (): Promise<LlamaLibrary> =>
  // The cast: what is used of 3.22.1 was read in its declarations.
  (await import(pathToFileURL(found()).href)) as LlamaLibrary;

const found = (): string => {
  try {
    return createRequire(join(import.meta.dirname, 'llama', 'from-here.js')).resolve('node-llama-cpp');
  } catch (cause) {
    throw new Error(`node-llama-cpp is not installed; for a real engine, in the checkout: ${install}`, { cause });
  }
};

/** Why tests of a real engine cannot run here, which it prints; null: they can. */
export const noLlama = async (): Promise<string | null> => {
  try {
    await loadLlama();
    return null;
  } catch (error) {
    const why = `tests of the real engine skipped: ${error instanceof Error ? error.message : String(error)}`;
    process.stderr.write(`${why}\n`);
    return why;
  }
};
