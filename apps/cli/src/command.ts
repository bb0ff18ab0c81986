import type { Cli } from './cli.ts';

/** An option as commander writes it, what it says, and how several are taken. */
export type OptionSpec = {
  readonly flags: string;
  readonly says: string;
  readonly many?: true;
  readonly hidden?: true;
};

/** One command of `hive`. */
export type CommandSpec = {
  readonly name: string;
  /** `<needed>`, `[optional]`, each with a sentence. */
  readonly args?: readonly (readonly [name: string, says: string])[];
  readonly says: string;
  readonly options?: readonly OptionSpec[];
  readonly examples: readonly [string, string];
  /** Answers the exit code. */
  readonly run: (cli: Cli, args: readonly (string | undefined)[], options: Record<string, unknown>) => Promise<number>;
};

/** Defines a command; `Options` are what its flags give, by commander's rules. */
export const defineCommand = <Options = object>(
  spec: Omit<CommandSpec, 'run'> & {
    readonly run: (cli: Cli, args: readonly (string | undefined)[], options: Options) => Promise<number>;
  },
): CommandSpec => ({
  ...spec,
  // Commander parses by the flags that stand beside the type; it does not know the type.
  run: (cli, args, options) => spec.run(cli, args, options as Options),
});
