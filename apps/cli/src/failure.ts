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

const refusedByTheSystem = new Set(['EACCES', 'EPERM', 'EROFS']);

/** What the system refused to a file is no bug; the rest is. */
const unexpected = (error: unknown): HiveError => {
  const { code, path } = error instanceof Error ? (error as NodeJS.ErrnoException) : {};
  if (code !== undefined && path !== undefined && refusedByTheSystem.has(code))
    return new HiveError(
      'store.readonly',
      `${path} is closed to this user (${code}); give it the right to write there`,
      {
        remedy: 'fix_config',
        cause: error,
      },
    );
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new HiveError(
      'infra.disk',
      `The disk is full${path === undefined ? '' : ` at ${path}`}; make room and try again`,
      {
        remedy: 'retry',
        cause: error,
      },
    );
  return bug(error);
};

const bug = (error: unknown): HiveError =>
  new HiveError(
    'internal',
    `Something that Hive did not expect: ${error instanceof Error ? error.message : String(error)}; --debug shows where`,
    {
      cause: error,
    },
  );
