import { HiveError } from '@hive/errors';

/** A branch of Hive's that somebody moved. */
export const movedAway = (ref: string, current: string | null, { from, to }: { from: string | null; to: string }) =>
  new HiveError(
    'infra.git',
    `${ref} stands at ${current?.slice(0, 8) ?? 'nothing'}, which is not where Hive left it; rename that branch and retry`,
    { details: { ref, current, from, to } },
  );
