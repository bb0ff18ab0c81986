import { beginningOf, endOf } from '@hive/errors';
import type { Artefacts } from '@hive/workspace';

/** What of a cut text is its beginning; the end of an output is where it says what failed. */
const headShare = 0.4;

/** A text of at most about `limit` characters: beginning and end, and in between where the whole of it is kept. */
export const cut = async (text: string, limit: number, artefacts: Pick<Artefacts, 'put'>): Promise<string> => {
  if (text.length <= limit) return text;
  const hash = await artefacts.put(text);
  const head = beginningOf(text, Math.floor(limit * headShare));
  const tail = endOf(text, limit - head.length);
  const left = text.length - head.length - tail.length;
  return `${head}\n[… ${left} characters are left out here; the whole output is kept as ${hash} …]\n${tail}`;
};
