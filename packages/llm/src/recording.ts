import { HiveError, errorJson, isHiveError, type Code, type Remedy } from '@hive/errors';
import { formatModelRef, type ModelRef } from './model-ref.ts';
import type { Chunk, Model, ModelRequest } from './model.ts';
import { requestKey } from './request-key.ts';

/** One recorded call: what was asked, what came, and how it failed if it failed. Plain JSON. */
export type RecordedCall = {
  readonly key: string;
  readonly request: ModelRequest;
  readonly chunks: readonly Chunk[];
  readonly error?: {
    readonly code: Code;
    readonly message: string;
    readonly remedy: Remedy;
    readonly details: Readonly<Record<string, unknown>>;
  };
};

/** The calls to one model in the order in which they ended. */
export type Recording = { readonly v: 1; readonly ref: ModelRef; readonly calls: readonly RecordedCall[] };

/** The name that a request is keyed by: provider and model, without the box. */
export const keyedModel = ({ provider, model }: ModelRef): string => formatModelRef({ provider, model });

/** The same model, with every call that ended handed to `onCall`. A call that its consumer left early is not recorded. */
export const recordCalls = (
  model: Model,
  { sha256, onCall }: { readonly sha256: (text: string) => string; readonly onCall: (call: RecordedCall) => void },
): Model => ({
  ...model,
  async *call(request, run) {
    const key = requestKey(request, { model: keyedModel(model.ref), sha256 });
    const chunks: Chunk[] = [];
    try {
      for await (const chunk of model.call(request, run)) {
        // How long a call waited is no part of its answer.
        if (chunk.type !== 'progress') chunks.push(chunk);
        if (chunk.type === 'done') onCall({ key, request, chunks });
        yield chunk;
      }
    } catch (error) {
      if (isHiveError(error)) onCall({ key, request, chunks, error: errorJson(error) });
      throw error;
    }
  },
});

/** The thrown form of a recorded failure. */
export const recordedError = (error: NonNullable<RecordedCall['error']>): HiveError =>
  new HiveError(error.code, error.message, { remedy: error.remedy, details: error.details });
