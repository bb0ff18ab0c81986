import { errorJson, HiveError, isHiveError } from '@hive/errors';
import { exitCodeOfError } from '@hive/front-desk';
import type { Output } from './terminal/output.ts';
import { visible } from './terminal/visible.ts';

/** Tells what went wrong, and answers the exit code: one sentence on stderr, or the error as JSON on stdout. Never a stack without `--debug`. */
export const tellFailure = (error: unknown, out: Output, options: { readonly debug: boolean }): number => {
  const known = isHiveError(error) ? error : unexpected(error);
  if (out.json) out.document({ error: errorJson(known) });
  else out.note(visible(known.message));
  if (options.debug && error instanceof Error) out.note(error.stack ?? String(error));
  return exitCodeOfError(known);
};

const unexpected = (error: unknown): HiveError =>
  new HiveError(
    'internal',
    `Something that Hive did not expect: ${error instanceof Error ? error.message : String(error)}; --debug shows where`,
    {
      cause: error,
    },
  );
