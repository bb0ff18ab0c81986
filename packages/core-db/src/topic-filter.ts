import type { Value } from './dialect.ts';

/**
 * The condition on `type` that patterns mean: `task.*` is a range, because `like` ignores case on SQLite.
 * Null: every type matches.
 */
export const topicFilter = (patterns: readonly string[]): { sql: string; values: Value[] } | null => {
  if (patterns.includes('*')) return null;
  const values: Value[] = [];
  const parts = patterns.map((pattern) => {
    if (!pattern.endsWith('.*')) {
      values.push(pattern);
      return 'type = ?';
    }
    const topic = pattern.slice(0, -2);
    // "/" is the character after ".".
    values.push(`${topic}.`, `${topic}/`);
    return '(type >= ? and type < ?)';
  });
  return { sql: parts.length === 0 ? 'false' : `(${parts.join(' or ')})`, values };
};
