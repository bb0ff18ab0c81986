import { HiveError, beginningOf } from '@hive/errors';
import { httpError, transportError, type CallGuard } from '@hive/llm';
import { ResponseError } from './response-error.ts';

/** Where a failed call went, for messages. */
export type Asked = {
  readonly destination: string;
  readonly box: string;
  readonly model: string;
  readonly now: number;
};

/** What a thrown thing means: our own end of the call, an answer that is no success, or a connection that broke. */
export const ollamaError = (error: unknown, guard: CallGuard, asked: Asked): HiveError =>
  !guard.ended() && error instanceof ResponseError
    ? answeredError(error.status, error.text, { ...asked, headers: error.headers })
    : transportError(error, { guard, destination: asked.destination });

/** What the runner says when the model does not fit. Ollama has no codes, so the words decide here and nowhere else. */
const outOfMemory = /out of memory|requires more (system )?memory|cudamalloc failed|unable to allocate/i;

/** A prompt, or a text to embed, that is longer than the model can read. */
const tooLong = /exceeds? (the |maximum )?context|context length/i;

/** What Ollama says for a model that it does not have. Other servers, and proxies, say 404 for a path that they do not know. */
const noSuchModel = /\bmodel\b.*\bnot found\b/i;

/** The error of an answer, or of an error record in the middle of a stream (which has status 500). */
export const answeredError = (
  status: number,
  text: string,
  { destination, box, model, now, headers }: Asked & { readonly headers: Headers },
): HiveError => {
  const message = messageIn(text);
  if (status >= 500 && outOfMemory.test(message))
    return new HiveError('model.out_of_memory', `${model} does not fit into the memory of ${box}: ${message}`, {
      remedy: 'retry',
      where: 'other',
      details: { status, destination, box, model },
    });
  if (status === 400 && tooLong.test(message))
    return new HiveError('model.context_full', `${model} on ${box} cannot read that much: ${message}; split the task`, {
      details: { status, destination, box, model },
    });
  if (status === 400 && / does not support /.test(message))
    return new HiveError('model.bad_request', `${message}; name another model for this under models: in hive.yaml`, {
      remedy: 'fix_config',
      details: { status, destination, box, model },
    });
  const known = httpError({ status, headers, message, destination, now });
  if (known.code !== 'model.unknown') return known;
  return new HiveError(
    'model.unknown',
    noSuchModel.test(message)
      ? `${box} has no model ${model}; run "ollama pull ${model}" there or change models: in hive.yaml`
      : `${box} answered 404 (${message}): what listens at ${destination} has no ${model}, or is no Ollama; look at its address in hive.yaml`,
    {
      remedy: 'fix_config',
      details: { ...known.details, box, model },
    },
  );
};

const messageIn = (text: string): string => {
  try {
    const body: unknown = JSON.parse(text);
    const said = body !== null && typeof body === 'object' && 'error' in body ? body.error : undefined;
    if (typeof said === 'string') return beginningOf(said, 500);
    // Servers that speak several protocols tell their errors as OpenAI does.
    if (said !== null && typeof said === 'object' && 'message' in said && typeof said.message === 'string')
      return beginningOf(said.message, 500);
  } catch {
    // A page of a proxy in between. Its text helps nobody.
  }
  return 'no explanation';
};
