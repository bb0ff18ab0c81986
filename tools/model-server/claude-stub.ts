import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/**
 * One step of a stub of the Claude Code command line. `say` writes a message, `raw` a line as it is, `hear` waits for the next message of a type,
 * `ask` asks for permission and waits for the answer, `child` starts a process that outlives the stub.
 */
export type StubStep =
  | { readonly say: object }
  | { readonly raw: string }
  | { readonly hear: string }
  | { readonly ask: { readonly tool: string; readonly input: object } }
  | { readonly do: 'ignore SIGTERM' | 'child' | 'hang' }
  | { readonly exit: number };

/** What a stub noted of one start. */
export type StubLog = {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly heard: readonly Readonly<Record<string, unknown>>[];
  readonly pids: readonly number[];
};

/** Writes an executable `claude` that replays these steps, and returns its path and what it noted. It says that it is a double. */
export const writeClaudeStub = async (
  folder: string,
  steps: readonly StubStep[],
): Promise<{ readonly command: string; readonly log: () => Promise<StubLog> }> => {
  const command = join(folder, 'claude.mjs');
  const notes = join(folder, 'claude.log');
  const source = `#!${process.execPath}
import { playStub } from ${JSON.stringify(import.meta.filename)};
await playStub(${JSON.stringify({ steps, notes })});
`;
  await writeFile(command, source);
  await chmod(command, 0o755);
  const log = async (): Promise<StubLog> => {
    const text = await readFile(notes, 'utf8').catch(() => '');
    const lines = text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const of = <T>(name: string): T[] => lines.flatMap((line) => (name in line ? [line[name] as T] : []));
    const [start] = of<Pick<StubLog, 'argv' | 'env'>>('start');
    return { argv: start?.argv ?? [], env: start?.env ?? {}, heard: of('heard'), pids: of('pid') };
  };
  return { command, log };
};

/** Plays the steps in the process of the stub. */
export const playStub = async ({
  steps,
  notes,
}: {
  readonly steps: readonly StubStep[];
  readonly notes: string;
}): Promise<void> => {
  const note = (fact: object) => appendFileSync(notes, `${JSON.stringify(fact)}\n`);
  const say = (message: object) => void process.stdout.write(`${JSON.stringify(message)}\n`);
  note({ start: { argv: process.argv.slice(2), env: process.env } });
  note({ pid: process.pid });

  const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  const hear = async (type: string): Promise<void> => {
    for (;;) {
      const { value, done } = await lines.next();
      if (done) process.exit(1);
      const message = JSON.parse(value) as { type?: string; request_id?: string };
      note({ heard: message });
      if (message.type === 'control_request')
        say({
          type: 'control_response',
          response: { subtype: 'success', request_id: message.request_id, response: {} },
        });
      if (message.type === type) return;
    }
  };
  let asked = 0;
  for (const step of steps) {
    if ('say' in step) say(step.say);
    else if ('raw' in step) process.stdout.write(`${step.raw}\n`);
    else if ('hear' in step) await hear(step.hear);
    else if ('ask' in step) {
      const { tool, input } = step.ask;
      say({
        type: 'control_request',
        request_id: `stub_${++asked}`,
        request: { subtype: 'can_use_tool', tool_name: tool, input },
      });
      await hear('control_response');
    } else if ('exit' in step) {
      await new Promise((flushed) => process.stdout.write('', flushed));
      process.exit(step.exit);
    } else if (step.do === 'ignore SIGTERM') process.on('SIGTERM', () => {});
    else if (step.do === 'child') {
      // It holds the output of the stub open, and says when it is deaf to SIGTERM.
      const deaf = 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000); process.stderr.write("ready")';
      const child = spawn(process.execPath, ['-e', deaf], { stdio: ['ignore', 'inherit', 'pipe'] });
      await once(child.stderr, 'data');
      note({ pid: child.pid });
      child.unref();
      child.stderr.destroy();
    } else {
      setInterval(() => {}, 1000);
      await new Promise(() => {});
    }
  }
  // Like the real one, it goes when its input ends.
  for (let next = await lines.next(); !next.done; next = await lines.next())
    note({ heard: JSON.parse(next.value) as object });
  process.exit(0);
};
