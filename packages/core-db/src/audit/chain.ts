import { hash } from 'node:crypto';
import { canonicalJson } from '../canonical-json.ts';
import type { LoggedEvent } from '../port.ts';

/** The hash before the first event. */
export const chainStart = '0'.repeat(64);

/**
 * The hash after one more event: SHA-256 over the former hash, as 64 hex digits, followed by the canonical JSON of the event. Position and
 * transaction are addresses that change when a store is restored; the order in which events are hashed stands for them.
 */
export const chainHash = (before: string, event: Omit<LoggedEvent, 'position' | 'cursor'>): string =>
  hash(
    'sha256',
    before +
      canonicalJson({
        id: event.id,
        type: event.stored?.type ?? event.type,
        stream: event.stream,
        version: event.version,
        correlationId: event.correlationId,
        causationId: event.causationId,
        commandId: event.commandId,
        actor: event.actor,
        at: event.at,
        data: event.stored?.data ?? event.data,
      }),
    'hex',
  );

/** So many bytes of each hash are kept as its mark. */
export const markBytes = 4;

/** The beginning of a hash: enough to find the first event whose hash differs, far too little to stand for the hash. */
export const markOf = (chained: string): string => chained.slice(0, markBytes * 2);
