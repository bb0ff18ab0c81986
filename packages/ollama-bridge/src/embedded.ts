import type { EmbedResponse } from 'ollama';
import { HiveError } from '@hive/errors';
import type { Embedded, Usage } from '@hive/llm';

/** What is known about a call whose answer was lost. */
export const unknownUsage: Usage = {
  input: null,
  cacheRead: null,
  cacheWrite: null,
  output: null,
  costBasis: 'local',
  source: 'live',
};

/** The vectors of an answer, one for each text and all of one length; anything else is `model.bad_output`. */
export const embeddedOf = (
  { embeddings, prompt_eval_count }: Partial<EmbedResponse>,
  { texts, destination }: { readonly texts: readonly string[]; readonly destination: string },
): Embedded => {
  const vectors = embeddings ?? [];
  const length = vectors[0]?.length ?? 0;
  const good = vectors.every((vector) => vector.length === length && length > 0 && vector.every(Number.isFinite));
  if (vectors.length !== texts.length || !good)
    throw new HiveError('model.bad_output', `${destination} did not answer with one vector for each text`, {
      remedy: 'retry',
      where: 'other',
      details: { destination, texts: texts.length, vectors: vectors.length },
    });
  return { vectors, usage: { ...unknownUsage, input: prompt_eval_count ?? null, output: 0 } };
};
