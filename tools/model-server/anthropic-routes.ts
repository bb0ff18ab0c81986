import { tokens } from './answer.ts';
import * as anthropic from './anthropic-api.ts';
import type { createLimits } from './buckets.ts';
import type { createPrefixCache } from './prefix-cache.ts';
import { json, pathOf, promptOf, recordOf, type Exchange, type Talk } from './routes.ts';
import type { Scenario, ScenarioModel } from './scenario.ts';

/** What the Messages API needs to know of the double. */
type AnthropicWorld = {
  readonly scenario: Scenario;
  readonly cache: ReturnType<typeof createPrefixCache>;
  readonly limitsOf: (key: string) => ReturnType<typeof createLimits>;
  readonly models: () => readonly ScenarioModel[];
  readonly find: (name: string) => ScenarioModel | undefined;
  readonly talk: (exchange: Exchange, talk: Talk) => Promise<void>;
};

/** `/v1/…`: both authorisation headers and both versions are accepted, and neither may be missing. */
export const answerAnthropic = (exchange: Exchange, world: AnthropicWorld): void | Promise<void> => {
  const { request, res, body } = exchange;
  const path = pathOf(request);
  res.setHeader('request-id', `req_double_${String(request.n).padStart(6, '0')}`);
  const fail = (status: number, message: string) => json(res, status, errorBody(status, message));
  const key =
    /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? String(request.headers['x-api-key'] ?? '');
  const { apiKey } = world.scenario;
  if (key === '' || (apiKey !== undefined && key !== apiKey)) return fail(401, 'invalid x-api-key');
  if (!request.headers['anthropic-version']) return fail(400, 'anthropic-version: header is required');

  if (request.method === 'GET' && path === '/v1/models') {
    const models = world.models();
    const [first, last] = [models[0]?.name ?? null, models.at(-1)?.name ?? null];
    return json(res, 200, { data: models.map(anthropic.modelOf), has_more: false, first_id: first, last_id: last });
  }
  if (request.method === 'GET' && path.startsWith('/v1/models/')) {
    const id = decodeURIComponent(path.slice('/v1/models/'.length));
    const model = world.find(id);
    return model ? json(res, 200, anthropic.modelOf(model)) : fail(404, `model: ${id}`);
  }
  if (request.method !== 'POST' || !['/v1/messages', '/v1/messages/count_tokens'].includes(path))
    return fail(404, 'Not found');
  const model = world.find(String(body['model'] ?? ''));
  if (!model) return fail(404, `model: ${String(body['model'])}`);
  const prompt = promptOf(body);
  if (path === '/v1/messages/count_tokens') return json(res, 200, { input_tokens: tokens(prompt) });
  const maxTokens = body['max_tokens'];
  if (typeof maxTokens !== 'number') return fail(400, 'max_tokens: Field required');

  const { cacheRead, cacheWrite } = world.cache(body);
  const input = Math.max(0, tokens(prompt) - cacheRead - cacheWrite);
  const admission = world.limitsOf(key)({ input: input + cacheWrite, maxTokens });
  for (const [name, value] of Object.entries(admission.headers)) res.setHeader(name, value);
  if (admission.refused) return fail(429, admission.refused.message);
  return world.talk(exchange, {
    prompt,
    counted: { input, cacheRead, cacheWrite },
    schema: recordOf(recordOf(body['output_config'])['format'])['schema'],
    maxTokens,
    wire: anthropic.anthropicWire,
    frames: anthropic.messageFrames,
    whole: anthropic.messageWhole,
    errorBody,
    stream: body['stream'] === true,
    settle: admission.settle,
  });
};

const errorBody = (status: number, message: string) => anthropic.errorBody(anthropic.errorType(status), message);
