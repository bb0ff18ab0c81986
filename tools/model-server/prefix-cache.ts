import { createHash } from 'node:crypto';
import { tokens } from './answer.ts';

/** How a prompt splits: read from the cache, written to it, and neither. */
export type CacheUse = { readonly input: number; readonly cacheRead: number; readonly cacheWrite: number };

const ttlMs: Readonly<Record<string, number>> = { '5m': 300_000, '1h': 3_600_000 };
type Block = { readonly cache_control?: { readonly ttl?: string } };

/** Remembers prefixes that end at a `cache_control` block, for as long as they are asked for. The order is tools, system, messages. */
export const createPrefixCache = (now: () => number) => {
  const until = new Map<string, number>();

  return (body: Readonly<Record<string, unknown>>): CacheUse => {
    const blocks = [
      ...listOf(body['tools']),
      ...listOf(body['system']),
      ...listOf(body['messages']).flatMap((message) => listOf((message as { content?: unknown }).content)),
    ] as Block[];
    const hash = createHash('sha256').update(String(body['model']));
    let length = 0;
    let read = 0;
    let last = 0;
    for (const { cache_control, ...block } of blocks) {
      const text = JSON.stringify(block);
      hash.update(text);
      length += tokens(text);
      if (!cache_control) continue;
      const key = hash.copy().digest('hex');
      if ((until.get(key) ?? 0) > now()) read = length;
      until.set(key, now() + (ttlMs[cache_control.ttl ?? '5m'] ?? 300_000));
      last = length;
    }
    return { input: length - last, cacheRead: read, cacheWrite: last - read };
  };
};

const listOf = (value: unknown): unknown[] => {
  if (Array.isArray(value)) return value;
  return typeof value === 'string' && value !== '' ? [{ type: 'text', text: value }] : [];
};
