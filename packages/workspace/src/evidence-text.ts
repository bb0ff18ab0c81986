import { createHash } from 'node:crypto';
import type { Evidence } from '@hive/events';

/** The trailer of a merged commit that names its evidence: `sha256:` and the digest of the text of its note. */
export const evidenceTrailer = 'Hive-Evidence';

/**
 * The text of the note that a merge carries: one line of JSON with its keys sorted, so that the same evidence is the same text wherever
 * it was kept meanwhile.
 */
export const evidenceText = (evidence: Evidence): string => `${JSON.stringify(evidence, sorted)}\n`;

/** The SHA-256 of such a text in hex, which is what the trailer says after `sha256:`. */
export const evidenceDigest = (text: string): string => createHash('sha256').update(text).digest('hex');

const sorted = (_: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;
