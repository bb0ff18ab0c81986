import { spawn } from 'node:child_process';
import { StringDecoder } from 'node:string_decoder';
import type { Clock } from '@hive/llm';

/** The longest line that is accepted. */
const longestLine = 32 * 1024 * 1024;

/** A running command line: a group of processes of its own. */
export type Claude = {
  /** Its lines, as they come, until it closes its output. Throws when it could not be started. */
  readonly lines: () => AsyncIterable<string>;
  readonly say: (message: object) => void;
  /** Resolves when the process is over, with its exit code. */
  readonly over: Promise<number | null>;
  /** Ends it: in peace by the end of its input, then by SIGTERM, then the whole group by SIGKILL. Resolves when nothing of it is left. */
  readonly end: (how: 'done' | 'now') => Promise<void>;
};

/** Starts a command as the head of its own process group. Nothing of it is read by a shell. */
export const spawnClaude = (
  command: string,
  args: readonly string[],
  {
    cwd,
    env,
    clock,
    graceMs,
    onBytes,
  }: {
    readonly cwd: string;
    readonly env: Record<string, string>;
    readonly clock: Clock;
    readonly graceMs: number;
    readonly onBytes: () => void;
  },
): Claude => {
  const child = spawn(command, [...args], { cwd, env, stdio: ['pipe', 'pipe', 'ignore'], detached: true });
  let failure: Error | undefined;
  const over = new Promise<number | null>((resolve) => {
    child.once('exit', resolve);
    child.once('error', (error) => {
      failure = error;
      resolve(null);
    });
  });
  // A process that ended does not read; what it said last tells more than a broken pipe.
  child.stdin.on('error', () => {});

  const signalGroup = (signal: NodeJS.Signals) => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, signal);
    } catch {
      // Nobody of the group is left.
    }
  };
  // What it started holds its output open, and may outlive it.
  void over.then(() => signalGroup('SIGKILL'));
  const within = (ms: number) =>
    new Promise<boolean>((resolve) => {
      const forget = clock.after(ms, () => resolve(false));
      void over.then(() => {
        forget();
        resolve(true);
      });
    });

  return {
    over,
    say: (message) => {
      if (child.stdin.writable) child.stdin.write(`${JSON.stringify(message)}\n`);
    },
    lines: async function* () {
      const decoder = new StringDecoder('utf8');
      let tail = '';
      try {
        for await (const bytes of child.stdout as AsyncIterable<Buffer>) {
          onBytes();
          const lines = (tail + decoder.write(bytes)).split('\n');
          tail = lines.pop() ?? '';
          if (tail.length > longestLine) throw new Error('a line of more than 32 MiB');
          for (const line of lines) if (line.trim() !== '') yield line;
        }
      } catch (error) {
        throw failure ?? error;
      }
      await over;
      if (failure) throw failure;
      if (tail.trim() !== '') yield tail;
    },
    end: async (how) => {
      child.stdin.end();
      if (how === 'now') signalGroup('SIGTERM');
      if (!(await within(graceMs))) signalGroup('SIGTERM');
      if (!(await within(how === 'now' ? 0 : graceMs))) signalGroup('SIGKILL');
      await over;
    },
  };
};
