import { tmpdir } from 'node:os';
import { hiveVersion, readEnv } from '@hive/config';
import { createCli, rootOf, type Cli } from './cli.ts';
import { commands } from './commands/index.ts';
import { tellFailure } from './failure.ts';
import { parseCommandLine } from './program.ts';
import { createOutput } from './terminal/output.ts';
import { flushed } from './terminal/flushed.ts';

/** Reads the command line, runs the command, and answers the exit code. */
const main = async (argv: readonly string[]): Promise<number> => {
  const env = readEnv();
  const root = rootOf();
  const noColour = Boolean(env['NO_COLOR']);
  // What is wrong with the command line has to be told in the form that it asks for.
  const separator = argv.indexOf('--');
  const plain = separator < 0 ? argv : argv.slice(0, separator);
  const out = createOutput(process, { json: plain.includes('--json'), noColour });
  const debug = plain.includes('--debug');
  let cli: Cli | null = null;
  try {
    const asked = parseCommandLine(argv, { commands, version: hiveVersion });
    if (asked.kind === 'text') {
      process.stdout.write(asked.text);
      return 0;
    }
    const configFile = asked.options['config'] as string | undefined; // a flag with a value is text
    cli = createCli({ cwd: process.cwd(), env, root, out, ...listenForSignals(), configFile });
    return await asked.spec.run(cli, asked.args, asked.options);
  } catch (error) {
    return tellFailure(error, out, { debug, folders: await foldersOf(cli) });
  }
};

/** Where a command may have written when the system does not say. */
const foldersOf = async (cli: Cli | null): Promise<readonly string[]> => {
  const config = await cli?.config().catch(() => null);
  return [...(config ? [config.home] : []), process.cwd(), tmpdir()];
};

/** The first signal asks to end in order, the second to end at once; what still runs a moment later is stuck. */
const listenForSignals = (): { readonly interrupted: AbortSignal; readonly insisted: AbortSignal } => {
  const [interrupted, insisted] = [new AbortController(), new AbortController()];
  const onSignal = () => {
    if (!interrupted.signal.aborted) return interrupted.abort();
    insisted.abort();
    setTimeout(() => process.exit(130), 1000).unref();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  return { interrupted: interrupted.signal, insisted: insisted.signal };
};

// A reader that has seen enough (`hive ls | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

const code = await main(process.argv.slice(2));
await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
process.exit(code);
