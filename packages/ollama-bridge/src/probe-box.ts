import { z } from 'zod';
import { HiveError } from '@hive/errors';
import { parseEndpoint } from '@hive/llm';
import { createPoolFetch, loadPoolFetch } from './pool-fetch.ts';

/**
 * What a box says about itself. `double` is the scenario when it says that it is a double. Sizes in bytes. `version` is null, and `loaded`
 * empty, where a server speaks Ollama's chat and does not tell them; a model without a digest is known by its name.
 */
export type Box = {
  readonly version: string | null;
  readonly models: readonly { readonly name: string; readonly digest: string; readonly size: number }[];
  readonly loaded: readonly {
    readonly name: string;
    readonly digest: string;
    readonly size: number;
    readonly sizeVram: number;
    readonly contextTokens: number | null;
    readonly expiresAt: string | null;
  }[];
  readonly double?: string;
};

const Version = z.object({ version: z.string() });
const Tags = z.object({ models: z.array(z.object({ name: z.string(), digest: z.string(), size: z.number() })) });
const Loaded = z.object({
  models: z.array(
    z.object({
      name: z.string(),
      digest: z.string(),
      size: z.number().default(0),
      size_vram: z.number().default(0),
      context_length: z.number().optional(),
      expires_at: z.string().optional(),
    }),
  ),
});

/**
 * Asks a box for its version, its models and what is loaded. Throws `model.unreachable` when nothing there speaks Ollama,
 * also when the signal of `within` ended the wait. It is made when the box is asked, and is the time limit.
 */
export const probeBox = async (endpoint: string, within: () => AbortSignal): Promise<Box> => {
  const url = parseEndpoint(endpoint, { names: 'resolve' });
  const send = createPoolFetch(url);
  await loadPoolFetch();
  const signal = within();
  /** null: there is no such path. */
  const ask = async <T>(path: string, schema: z.ZodType<T>): Promise<{ body: T; headers: Headers } | null> => {
    const response = await send(`${url.href.replace(/\/$/, '')}${path}`, { signal, redirect: 'manual' });
    const text = await response.text();
    if (response.status === 404) return null;
    if (!response.ok) throw new Error(`status ${response.status}`);
    return { body: schema.parse(JSON.parse(text)), headers: response.headers };
  };
  try {
    const [version, tags, ps] = await Promise.all([
      ask('/api/version', Version),
      ask('/api/tags', Tags),
      ask('/api/ps', Loaded),
    ]);
    if (!tags) throw new Error('there is no /api/tags');
    const double = tags.headers.get('x-hive-double');
    return {
      version: version?.body.version ?? null,
      models: tags.body.models.map(({ name, digest, size }) => ({ name, digest: digest || name, size })),
      loaded: (ps?.body.models ?? []).map((model) => ({
        name: model.name,
        digest: model.digest || model.name,
        size: model.size,
        sizeVram: model.size_vram,
        contextTokens: model.context_length ?? null,
        expiresAt: model.expires_at ?? null,
      })),
      ...(double === null ? {} : { double }),
    };
  } catch (error) {
    throw new HiveError('model.unreachable', `No Ollama answers at ${url.host}`, {
      remedy: 'retry',
      where: 'other',
      details: { destination: url.host },
      cause: error,
    });
  }
};
