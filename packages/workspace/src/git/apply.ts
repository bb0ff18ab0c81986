import { HiveError, beginningOf } from '@hive/errors';
import { git, type GitOptions } from './git.ts';
import { removeByName } from './removed-by-name.ts';

const shared = ['--whitespace=nowarn', '--binary'];

/**
 * Applies a patch to an index (`mode: 'cached'`), to index and worktree (`both`), or only tries, and writes no object (`check`). What it removes by name
 * may be gone from the index then, and where it throws.
 * Throws `patch.empty`, `patch.malformed`, or `patch.conflict` with the first file that does not fit.
 */
export const applyPatch = async (
  patch: Uint8Array,
  mode: 'cached' | 'both' | 'check',
  options: GitOptions,
): Promise<void> => {
  if (Buffer.from(patch).toString('latin1').trim() === '')
    throw new HiveError('patch.empty', 'The patch is empty: it changes nothing');
  const rest = await removeByName(patch, mode === 'both' ? 'both' : 'cached', options);
  if (rest.length === 0) return;
  const parsed = await git(['apply', '--numstat', '-z', ...shared, '-'], { ...options, input: rest, ok: [0, 1, 128] });
  if (parsed.code !== 0) throw malformed(parsed.stderr);
  if (parsed.stdout.length === 0) throw new HiveError('patch.empty', 'The patch changes nothing');
  const how = { cached: ['--cached'], both: ['--index'], check: ['--cached', '--check'] }[mode];
  const applied = await git(['apply', ...how, ...shared, '-'], { ...options, input: rest, ok: [0, 1, 128] });
  if (applied.code !== 0) throw conflict(applied.stderr);
};

/** What git says first, without its advice to use options that Hive does not have. */
const firstError = (stderr: string) =>
  (/^(?:error|fatal): (.*)$/m.exec(stderr)?.[1] ?? 'git does not understand it').replace(/ \(allow with .*\)$/, '');

const malformed = (stderr: string) =>
  new HiveError('patch.malformed', `The patch is malformed: ${beginningOf(firstError(stderr), 300)}`, {
    details: { stderr: stderr.slice(0, 4000) },
  });

const conflict = (stderr: string) => {
  const first = firstError(stderr);
  if (
    /^(?:invalid path|corrupt patch|patch fragment without header|unrecognized input|git diff header lacks)/.test(first)
  )
    return malformed(stderr);
  const place = /^patch failed: (.*):(\d+)$/.exec(first);
  const file =
    place?.[1] ??
    /^(.*?): (?:does not |already exists|No such file|patch does not|wrong type|is beyond)/.exec(first)?.[1] ??
    null;
  const message = place
    ? `The patch does not apply: ${place[1]} differs at line ${place[2]}`
    : `The patch does not apply: ${beginningOf(first, 300)}`;
  return new HiveError('patch.conflict', message, {
    details: { file, line: place?.[2] ? Number(place[2]) : null, stderr: stderr.slice(0, 4000) },
  });
};
