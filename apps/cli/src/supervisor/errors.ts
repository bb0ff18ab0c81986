import type { Run } from '@hive/config';
import { HiveError } from '@hive/errors';

/** The refusal of a second building on one home. */
export const runningError = (home: string, run: Run | null): HiveError =>
  new HiveError(
    'hive.running',
    run === null
      ? `Hive is just starting or stopping on ${home}; try again in a moment`
      : `Hive already runs on ${home} (pid ${run.pid}, ${run.url}); stop it with hive down, or set HIVE_HOME to another folder`,
    { remedy: 'fix_config', details: { home, ...run } },
  );
