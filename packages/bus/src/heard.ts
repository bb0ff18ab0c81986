/**
 * Resolves when something may have been written anywhere since the `seen`-th ring, after `timeoutMs` at the latest, or when `signal` is
 * aborted. With `seen`, a ring between looking and waiting is not lost.
 */
export type Heard = (timeoutMs: number, signal: AbortSignal, seen?: number) => Promise<void>;
