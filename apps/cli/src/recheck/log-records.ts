import { existsSync } from 'node:fs';
import { hasCode } from '@hive/errors';
import type { Why } from '@hive/events';
import type { Cli } from '../cli.ts';
import { localAccess, remoteAccess } from '../desk/access.ts';

/** What this Hive's log knows of commits: null for those that it did not merge. */
export type LogRecords = { whyOf(commit: string): Promise<Why | null>; close(): Promise<void> };

const knowsNothing: LogRecords = { whyOf: () => Promise.resolve(null), close: () => Promise.resolve() };

/** Opens the log of the Hive that runs or lies here. Where there was none yet, asking makes none. */
export const openLogRecords = async (cli: Cli): Promise<LogRecords> => {
  const config = await cli.config();
  const isEmpty = config.database.dialect === 'sqlite' && !existsSync(config.database.path);
  const access = remoteAccess(config) ?? (isEmpty ? null : await localAccess(config, cli));
  if (access === null) return knowsNothing;
  return {
    whyOf: async (commit) => {
      try {
        const why = await access.desk.why(commit);
        return why.task.commit === commit ? why : null;
      } catch (error) {
        if (hasCode(error, 'input.unknown_id')) return null;
        throw error;
      }
    },
    close: () => access.close(),
  };
};
