import { statfsSync } from 'node:fs';
import { errorJson, HiveError, isDiskFull, isHiveError } from '@hive/errors';
import { exitCodeOfError } from '@hive/front-desk';
import type { Output } from './terminal/output.ts';
import { visible } from './terminal/visible.ts';

type Telling = {
  readonly debug: boolean;
  /** Where this command may have written. */
  readonly folders?: readonly string[];
};

/** Tells what went wrong, and answers the exit code: one sentence on stderr, or the error as JSON on stdout. Never a stack without `--debug`. */
export const tellFailure = (error: unknown, out: Output, options: Telling): number => {
  const known = isHiveError(error) ? error : unexpected(error, options.folders ?? []);
  if (out.json) out.document({ error: errorJson(known) });
  else out.note(visible(known.message));
  if (options.debug && error instanceof Error) out.note(error.stack ?? String(error));
  return exitCodeOfError(known);
};

const refusedByTheSystem = new Set(['EACCES', 'EPERM', 'EROFS']);

/** `dest` is the name that was to be made, where there are two. */
type SystemError = NodeJS.ErrnoException & { readonly dest?: string };

/** What the system refused to a file is no bug; the rest is. */
const unexpected = (error: unknown, folders: readonly string[]): HiveError => {
  const { code, path, dest } = error instanceof Error ? (error as SystemError) : {};
  if (code !== undefined && path !== undefined && refusedByTheSystem.has(code))
    return new HiveError(
      'store.readonly',
      `${path} is closed to this user (${code}); give it the right to write there`,
      {
        remedy: 'fix_config',
        cause: error,
      },
    );
  if (isDiskFull(error)) {
    const place = dest ?? path ?? folders.find(isFull);
    const at = place === undefined ? '' : ` at ${place}`;
    return new HiveError('infra.disk', `The disk is full${at}; make room and try again`, {
      remedy: 'retry',
      cause: error,
    });
  }
  return bug(error);
};

/** Some kilobytes may be left where a file needs more, and no file can be made where none are counted any more. */
const isFull = (folder: string): boolean => {
  try {
    const { bavail, bsize, files, ffree } = statfsSync(folder);
    return bavail * bsize < 1_000_000 || (files > 0 && ffree === 0);
  } catch {
    return false;
  }
};

const bug = (error: unknown): HiveError =>
  new HiveError(
    'internal',
    `Something that Hive did not expect: ${error instanceof Error ? error.message : String(error)}; --debug shows where`,
    {
      cause: error,
    },
  );
