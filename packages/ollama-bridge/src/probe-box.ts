import { z } from 'zod';
import { HiveError } from '@hive/errors';
import { parseEndpoint } from '@hive/llm';
import { createPoolFetch } from './pool-fetch.ts';

/** What a box says about itself. `double` is the scenario when it says that it is a double. Sizes in bytes. */
export type Box = {
  readonly version: string;
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
 * also when `signal` ended the wait; the caller's signal is the time limit.
 */
export const probeBox = async (endpoint: string, signal: AbortSignal): Promise<Box> => {
  const url = parseEndpoint(endpoint, { names: 'resolve' });
  const send = createPoolFetch(url);
  const get = async <T>(path: string, schema: z.ZodType<T>): Promise<{ body: T; headers: Headers }> => {
    const response = await send(`${url.href.replace(/\/$/, '')}${path}`, { signal, redirect: 'manual' });
    const text = await response.text();
    if (!response.ok) throw new Error(`status ${response.status}`);
    return { body: schema.parse(JSON.parse(text)), headers: response.headers };
  };
  try {
    const [version, tags, ps] = await Promise.all([
      get('/api/version', Version),
      get('/api/tags', Tags),
      get('/api/ps', Loaded),
    ]);
    const double = version.headers.get('x-hive-double');
    return {
      version: version.body.version,
      models: tags.body.models,
      loaded: ps.body.models.map((model) => ({
        name: model.name,
        digest: model.digest,
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
