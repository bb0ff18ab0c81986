import { z } from 'zod';
import { parseEndpoint } from '@hive/llm';
import { createPoolFetch, loadPoolFetch } from '../pool-fetch.ts';

/** What a box says about one of its models. null: it does not say. */
export type Shown = {
  readonly contextTokens: number | null;
  /** What one token of context takes of the memory, in bytes. */
  readonly bytesPerToken: number | null;
  readonly can: readonly string[] | null;
};

const Answer = z.object({
  capabilities: z.array(z.string()).optional(),
  model_info: z.record(z.string(), z.unknown()).optional(),
});

/** Asks a box for what one of its models can do. Throws when it does not tell; `within` makes the time limit when the box is asked. */
export const showModel = async (endpoint: string, model: string, within: () => AbortSignal): Promise<Shown> => {
  const url = parseEndpoint(endpoint, { names: 'resolve' });
  const send = createPoolFetch(url);
  await loadPoolFetch();
  const response = await send(`${url.href.replace(/\/$/, '')}/api/show`, {
    method: 'POST',
    body: JSON.stringify({ model }),
    headers: { 'content-type': 'application/json' },
    signal: within(),
    redirect: 'manual',
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`status ${response.status}`);
  const { capabilities, model_info: info = {} } = Answer.parse(JSON.parse(text));
  return {
    contextTokens: figure(info, 'context_length'),
    bytesPerToken: bytesPerToken(info),
    can: capabilities ?? null,
  };
};

const figure = (info: Readonly<Record<string, unknown>>, name: string): number | null => {
  const found = Object.entries(info).find(([key]) => key.endsWith(`.${name}`))?.[1];
  return typeof found === 'number' && Number.isFinite(found) && found > 0 ? found : null;
};

/** Keys and values of all layers in 16 bits. */
const bytesPerToken = (info: Readonly<Record<string, unknown>>): number | null => {
  const [layers, width, heads] = [
    figure(info, 'block_count'),
    figure(info, 'embedding_length'),
    figure(info, 'attention.head_count'),
  ];
  if (layers === null || width === null || heads === null) return null;
  const shared = figure(info, 'attention.head_count_kv') ?? heads;
  const ofHead = figure(info, 'attention.key_length') ?? width / heads;
  return 2 * 2 * layers * shared * ofHead;
};
