import { newId } from '@hive/bus';
import { streams, type DataOf, type NewEvent } from '@hive/events';

const artefact = 'a1'.repeat(32);

/** A call to a model that went well, in a stream of its own: 1,540 tokens, and no charge unless another is given. */
export const called = (given: Partial<Pick<DataOf<'model.called'>, 'costUsd'>> = {}): NewEvent<'model.called'> => {
  const callId = newId();
  return {
    type: 'model.called',
    stream: streams.call(callId),
    data: {
      ...{ callId, taskId: null, provider: 'ollama', model: 'qwen2.5-coder:32b', role: 'worker', box: 'walnut' },
      ...{ destination: 'walnut.lan:11434', outcome: 'ok', input: 1200, output: 340, cached: 90, costUsd: 0 },
      ...{ firstTokenMs: 420, totalMs: 15_321, tokensPerS: 22.8, source: 'live' },
      ...{ prompt: artefact, reply: artefact, ...given },
    },
  };
};
