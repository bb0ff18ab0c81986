import type { Step } from '@hive/events';

/**
 * Resolves when something may have been written anywhere since the `seen`-th ring, after `timeoutMs` at the latest, or when `signal` is
 * aborted. With `seen`, a ring between looking and waiting is not lost. With `kinds` only rings count that say that there may be more to take of them.
 */
export type Heard = (timeoutMs: number, signal: AbortSignal, seen?: number, kinds?: readonly Step[]) => Promise<void>;
