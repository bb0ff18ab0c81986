import type { Writable } from 'node:stream';

/** Resolves when everything that was written so far has left: a process that exits takes with it what a pipe has not taken yet. */
export const flushed = (stream: Writable): Promise<void> => new Promise((resolve) => stream.write('', () => resolve()));
