import { createHash } from 'node:crypto';
import { canonicalJson } from '@hive/llm';

/** Counts that are remembered; a prompt of a day's work is asked for again within the next few hundred. */
const remembered = 500;

/** Remembers what was counted by the hash of its content: a count is a request of its own, with a limit of its own. */
export const createCounts = () => {
  const counts = new Map<string, number>();
  return async (params: object, count: () => Promise<number>): Promise<number> => {
    const key = createHash('sha256').update(canonicalJson(params)).digest('hex');
    const known = counts.get(key);
    if (known !== undefined) return known;
    const tokens = await count();
    const oldest = counts.keys().next();
    if (counts.size >= remembered && !oldest.done) counts.delete(oldest.value);
    counts.set(key, tokens);
    return tokens;
  };
};
