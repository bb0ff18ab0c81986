import { createCli } from '../cli.ts';
import { commands } from '../commands/index.ts';
import { tellFailure } from '../failure.ts';
import { parseCommandLine } from '../program.ts';
import { createOutput } from '../terminal/output.ts';

/** What a command wrote, and with which code it ended. */
export type Written = {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What it wrote to its standard output, as JSON. */
  readonly json: () => unknown;
};

/** Runs one command line of `hive` in this process, without colours and without a terminal; `root` is the folder of the program. */
export const runCommand = async (
  argv: readonly string[],
  { cwd, env, root }: { readonly cwd: string; readonly env: NodeJS.ProcessEnv; readonly root: string },
): Promise<Written> => {
  const written = { stdout: '', stderr: '' };
  const stream = (name: keyof typeof written) => ({
    write: (text: string) => ((written[name] += text), true),
    isTTY: false,
    columns: 200,
  });
  const out = createOutput(
    { stdout: stream('stdout'), stderr: stream('stderr') },
    { json: argv.includes('--json'), noColour: true },
  );
  const { signal } = new AbortController();
  const cli = createCli({ cwd, env, root, out, interrupted: signal, insisted: signal });
  let code: number;
  try {
    const asked = parseCommandLine([...argv], { commands, version: '0' });
    if (asked.kind === 'text') throw new Error('a text was asked for');
    code = await asked.spec.run(cli, asked.args, asked.options);
  } catch (error) {
    code = tellFailure(error, out, { debug: false });
  }
  return { code, ...written, json: () => JSON.parse(written.stdout) as unknown };
};
