import type { HiveConfig } from '@hive/config';
import { createOllama, probeBox, showModel } from '@hive/ollama-bridge';
import { suits, type Fit } from './suits.ts';

/** What was found at an address. `fits` per model; `tokensPerS` of a short answer, null when none was asked for or it was too short. */
export type Looked = {
  readonly endpoint: string;
  readonly version: string;
  readonly double: string | null;
  readonly models: readonly { readonly name: string; readonly size: number; readonly fits: readonly Fit[] }[];
};

const lookMs = 5000;

/** Asks an address for its version and models. Throws `model.unreachable`, or `config.invalid` for plain HTTP to the outside. */
export const lookAtBox = async (
  endpoint: string,
  { config, name }: { readonly config: HiveConfig; readonly name: string },
): Promise<Looked> => {
  const box = await probeBox(endpoint, AbortSignal.timeout(lookMs));
  const memory = config.boxes.find((it) => it.name === name)?.memoryBytes ?? null;
  const models = await Promise.all(
    box.models.map(async (model) => {
      const shown = await showModel(endpoint, model.name, AbortSignal.timeout(lookMs)).catch(() => null);
      const { contextTokens = null, can = null } = shown ?? {};
      return { name: model.name, size: model.size, fits: suits({ ...model, contextTokens, can }, memory) };
    }),
  );
  return { endpoint, version: box.version, double: box.double ?? null, models };
};

/** Has a model say a few words, and answers how that went. Throws `model.*`. */
export const tryModel = async (
  endpoint: string,
  { box, model, signal }: { readonly box: string; readonly model: string; readonly signal: AbortSignal },
): Promise<{ readonly tokensPerS: number | null; readonly firstTokenMs: number | null }> => {
  const asked = createOllama({ endpoint, box, model, numCtx: 4096 });
  const request = {
    system: [],
    messages: [{ role: 'user', parts: [{ text: 'Count from one to twenty in words.' }] }],
    maxTokens: 100,
  } as const;
  const run = {
    signal,
    deadline: new Date(Date.now() + tryMs),
    idleMs: tryMs,
    correlationId: 'boxes test',
    callId: 'boxes test',
  };
  for await (const chunk of asked.call(request, run))
    if (chunk.type === 'done')
      return { tokensPerS: chunk.timing.tokensPerS ?? null, firstTokenMs: chunk.timing.firstTokenMs };
  return { tokensPerS: null, firstTokenMs: null };
};

/** Loading a model may take minutes. */
const tryMs = 300_000;
