import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { OpenOptions } from '../open-store.ts';

/** A running process of a test. */
export type Child = {
  readonly pid: number;
  readonly says: (line: string) => Promise<void>;
  readonly kill: () => Promise<void>;
};

/** What `store-child.ts` can be told to do. */
export type Verb = 'hold' | 'listen' | 'write' | 'write and die' | 'claim and die' | 'hog' | 'burst';

/** Starts `store-child.ts` as a process of its own. */
export const startChild = (options: OpenOptions, verb: Verb, argument = ''): Child => {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'store-child.ts'), JSON.stringify(options), verb, argument],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  let rest = '';
  child.stdout.on('data', (chunk: Buffer) => {
    const parts = (rest + chunk.toString()).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
    for (const look of waiting) look();
  });
  const ended = new Promise<void>((done) =>
    child.once('exit', () => {
      for (const look of waiting) look();
      done();
    }),
  );
  return {
    pid: child.pid ?? 0,
    says: (line) =>
      new Promise((found, fail) => {
        const look = () => {
          const at = lines.indexOf(line);
          if (at < 0 && child.exitCode === null && child.signalCode === null) return;
          waiting.delete(look);
          if (at < 0) return fail(new Error(`the process ended without saying ${line}`));
          lines.splice(0, at + 1);
          found();
        };
        waiting.add(look);
        look();
      }),
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
};
