import { Command, CommanderError, Option } from 'commander';
import { HiveError } from '@hive/errors';
import type { CommandSpec } from './command.ts';

/** What was asked for: a command with its arguments, or a text (help, version) that was asked for instead. */
export type Asked =
  | {
      readonly kind: 'command';
      readonly spec: CommandSpec;
      readonly args: readonly (string | undefined)[];
      readonly options: Record<string, unknown>;
    }
  | { readonly kind: 'text'; readonly text: string };

const collect = (value: string, before: readonly string[] | undefined): readonly string[] => [...(before ?? []), value];

const general = (): Option[] => [
  new Option('--json', 'one JSON document on stdout and nothing else there'),
  new Option('--config <file>', 'read this configuration instead of hive.yaml in HIVE_HOME'),
  new Option('--debug', 'show where an error comes from'),
];

/** Reads the command line. Throws `input.invalid` with one sentence for wrong usage. */
export const parseCommandLine = (
  argv: readonly string[],
  options: { readonly commands: readonly CommandSpec[]; readonly version: string },
): Asked => {
  const written: string[] = [];
  const complaints: string[] = [];
  let asked: Asked | null = null;
  const quiet = (command: Command): Command => {
    command.exitOverride().configureOutput({
      writeOut: (text) => written.push(text),
      writeErr: (text) => complaints.push(text),
      getOutHelpWidth: () => 100,
    });
    for (const option of general()) command.addOption(option);
    return command;
  };

  const program = quiet(new Command('hive'))
    .description('From a goal to a proven merge: plans, works, checks, reviews and merges in git worktrees of its own.')
    .version(options.version, '-V, --version', 'show the version')
    .helpCommand('help [command]', 'show what a command does')
    .addHelpText('after', '\nhive COMMAND --help shows options and examples.');
  for (const spec of options.commands) {
    const command = quiet(program.command(spec.name)).description(spec.says);
    for (const [name, says] of spec.args ?? []) command.argument(name, says);
    for (const { flags, says, many, hidden } of spec.options ?? []) {
      const option = new Option(flags, says);
      if (many) option.argParser(collect);
      if (hidden) option.hideHelp();
      command.addOption(option);
    }
    command.addHelpText('after', `\nExamples:\n${spec.examples.map((example) => `  ${example}`).join('\n')}`);
    command.action(() => {
      const args = command.processedArgs as (string | undefined)[]; // no parser is set for arguments, so they are as they were typed
      asked = { kind: 'command', spec, args, options: command.optsWithGlobals() };
    });
  }

  try {
    program.parse(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { kind: 'text', text: written.join('') };
    if (error.code === 'commander.help') return { kind: 'text', text: complaints.join('') };
    throw usageError(error, argv, options.commands);
  }
  return asked ?? { kind: 'text', text: program.helpInformation() };
};

const usageError = (error: CommanderError, argv: readonly string[], commands: readonly CommandSpec[]): HiveError => {
  const said = error.message
    .replace(/^error: /, '')
    .replace(/\n?\(Did you mean (.+?)\?\)/, '; did you mean $1?')
    .replace(/\.$/, '')
    .replace('. Expected', ': expected')
    .trim();
  const command = commands.find((spec) => argv.includes(spec.name));
  const help = command ? `hive ${command.name} --help` : 'hive --help';
  const sentence = said.charAt(0).toUpperCase() + said.slice(1);
  return new HiveError('input.invalid', `${sentence}${sentence.endsWith('?') ? ' See' : '; see'} ${help}`);
};
