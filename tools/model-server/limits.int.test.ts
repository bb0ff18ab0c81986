import Anthropic from '@anthropic-ai/sdk';
import { afterEach, expect, test } from 'vitest';
import { startModelServer, type ModelServer, type Scenario } from './index.ts';

const start = Date.parse('2026-06-01T12:00:00Z');
let now = start;
let server: ModelServer;
afterEach(() => server.stop());

const double = async (scenario: Partial<Scenario>) => {
  now = start;
  server = await startModelServer({
    scenario: { name: 'limits', rules: [{ reply: { text: 'x'.repeat(40) } }], ...scenario },
    now: () => now,
  });
  const client = new Anthropic({ apiKey: 'k', baseURL: server.url, maxRetries: 0 });
  return (
    content: string | Anthropic.TextBlockParam[] = 'x'.repeat(400),
    more: Partial<Anthropic.MessageCreateParamsNonStreaming> = {},
  ) =>
    client.messages
      .create({ model: 'm', max_tokens: 100, messages: [{ role: 'user', content }], ...more })
      .withResponse()
      .then(({ data, response }) => ({ data, headers: response.headers }));
};

test('token buckets: what is left goes down, comes back with time, and an empty one says when', async () => {
  const ask = await double({ limits: { perMinute: { requests: 3, 'input-tokens': 250, 'output-tokens': 1000 } } });
  const { headers } = await ask();
  expect(headers.get('anthropic-ratelimit-requests-limit')).toBe('3');
  expect(headers.get('anthropic-ratelimit-requests-remaining')).toBe('2');
  expect(headers.get('anthropic-ratelimit-requests-reset')).toBe('2026-06-01T12:00:20.000Z');
  expect(headers.get('anthropic-ratelimit-input-tokens-remaining')).toBe('150');
  expect((await ask()).headers.get('anthropic-ratelimit-output-tokens-remaining')).toBe('990');
  const refused = await ask().catch((error: unknown) => error as InstanceType<typeof Anthropic.RateLimitError>);
  expect(refused).toMatchObject({ status: 429, type: 'rate_limit_error' });
  expect((refused as { headers: Headers }).headers.get('retry-after')).toBe('12');
  now += 12_000;
  expect((await ask()).data.stop_reason).toBe('end_turn');
});

test('a window of a plan warns, closes, and opens again', async () => {
  const ask = await double({ limits: { plan: { five_hour: { tokens: 110, seconds: 18_000 } } } });
  const status = (headers: Headers) => headers.get('anthropic-ratelimit-unified-status');
  expect(status((await ask()).headers)).toBe('allowed_warning');
  const refused = (await ask().catch((error: unknown) => error)) as { headers: Headers };
  expect(status(refused.headers)).toBe('rejected');
  expect(refused.headers.get('anthropic-ratelimit-unified-5h-utilization')).toBe('1.0000');
  expect(refused.headers.get('anthropic-ratelimit-unified-reset')).toBe(String(start / 1000 + 18_000));
  now += 18_000_000;
  expect(status((await ask()).headers)).toBe('allowed_warning');
});

test('a prefix is written once, read within its time, and written again after', async () => {
  const ask = await double({});
  const system: Anthropic.TextBlockParam[] = [
    { type: 'text', text: 'rules '.repeat(50), cache_control: { type: 'ephemeral', ttl: '5m' } },
  ];
  const usage = async (content: string) => (await ask(content, { system })).data.usage;
  const first = await usage('one');
  expect(first.cache_creation_input_tokens).toBeGreaterThan(70);
  expect(first.cache_read_input_tokens).toBe(0);
  const second = await usage('two');
  expect(second).toMatchObject({
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: first.cache_creation_input_tokens,
  });
  now += 300_001;
  expect((await usage('three')).cache_read_input_tokens).toBe(0);
});

test('an answer ends at max_tokens, and a schema is obeyed where the scenario says nothing', async () => {
  const ask = await double({ rules: [{ contains: 'long', reply: { text: 'x'.repeat(400) } }, { reply: {} }] });
  expect((await ask('long', { max_tokens: 10 })).data).toMatchObject({
    stop_reason: 'max_tokens',
    usage: { output_tokens: 10 },
  });
  const schema = {
    type: 'object',
    properties: { ok: { type: 'boolean' }, kind: { enum: ['a', 'b'] }, n: { type: 'integer', minimum: 3 } },
    required: ['ok', 'kind', 'n'],
  };
  const { data } = await ask('json', { output_config: { format: { type: 'json_schema', schema } } });
  expect(data.content).toMatchObject([{ text: '{"ok":false,"kind":"a","n":3}' }]);
});
