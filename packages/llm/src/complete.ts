import { HiveError } from '@hive/errors';
import type { Chunk, Done, Model, ModelRequest, Run } from './model.ts';

/** Calls a model to its end and returns the `done` chunk; `onChunk` sees what arrives on the way (for progress, not for the log). */
export const complete = async (
  model: Model,
  request: ModelRequest,
  run: Run,
  onChunk: (chunk: Chunk) => void = () => {},
): Promise<Done> => {
  let done: Done | undefined;
  for await (const chunk of model.call(request, run)) {
    onChunk(chunk);
    if (chunk.type === 'done') done = chunk;
  }
  if (done) return done;
  throw new HiveError('model.stream_broken', 'The model stopped without an end', { remedy: 'retry', where: 'same' });
};
