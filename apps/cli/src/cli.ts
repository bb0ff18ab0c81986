import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cloneRootOf, hiveVersion, loadConfig, type Env, type HiveConfig } from '@hive/config';
import type { Output } from './terminal/output.ts';

/** What every command is handed. */
export type Cli = {
  readonly cwd: string;
  readonly env: Env;
  /** The folder that holds `apps/`. */
  readonly root: string;
  readonly version: string;
  readonly out: Output;
  /** Aborted by Ctrl-C and other requests to end. */
  readonly interrupted: AbortSignal;
  /** Aborted by the second one. */
  readonly insisted: AbortSignal;
  /** Reads the configuration, once. Throws `config.invalid`. */
  readonly config: () => Promise<HiveConfig>;
};

const here = fileURLToPath(import.meta.url);

/** The folder that holds `apps/`: the clone, else what this program was unpacked into. */
export const rootOf = (): string => cloneRootOf(import.meta.url) ?? dirname(dirname(dirname(dirname(here))));

/** What commands are handed, for one call of the program. */
export const createCli = (options: {
  readonly cwd: string;
  readonly env: Env;
  readonly root: string;
  readonly out: Output;
  readonly interrupted: AbortSignal;
  readonly insisted: AbortSignal;
  readonly configFile?: string | undefined;
}): Cli => {
  const { cwd, env, configFile } = options;
  let config: Promise<HiveConfig> | undefined;
  return {
    ...options,
    version: hiveVersion,
    config: () =>
      (config ??= loadConfig({
        env,
        cwd,
        cloneRoot: cloneRootOf(import.meta.url),
        ...(configFile !== undefined && { args: { config: configFile } }),
      })),
  };
};
