import type { Context } from 'hono';

/** A text as an entity tag. Weak: the same content may come in other bytes, as where it is compressed. */
export const entityTag = (text: string, { weak = false } = {}): string => `${weak ? 'W/' : ''}"${text}"`;

const opaque = (tag: string): string => tag.replace(/^W\//, '');

/** True when whoever asks has what this tag stands for (RFC 9110, 13.1.2; compared weakly). */
export const isKnown = (c: Context, tag: string): boolean => {
  const known = c.req.header('if-none-match');
  if (known === undefined) return false;
  return known.trim() === '*' || (known.match(/(?:W\/)?"[^"]*"/g) ?? []).some((one) => opaque(one) === opaque(tag));
};
