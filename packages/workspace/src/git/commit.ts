import { HiveError } from '@hive/errors';
import { failpoint } from '@hive/failpoints';
import type { CommitMessage } from '../port.ts';
import { diffOf } from './diff.ts';
import { git, gitText } from './git.ts';
import { tooLarge } from './weigh-change.ts';

/** A commit of Hive as the port hands it out. */
export type Committed = { readonly commit: string; readonly tree: string; readonly patch: Uint8Array };

/** Makes a commit of a tree on top of `base`, kept under refs/hive/commits; null when nothing differs. */
export const commitTree = async (
  gitDir: string,
  request: { base: string; tree: string; message: CommitMessage | string },
): Promise<Committed | null> => {
  const { base, tree, message } = request;
  const changes = await gitText(['diff-tree', '-r', '--no-renames', '--ignore-submodules=none', base, tree, '--'], {
    gitDir,
  });
  if (changes === '') return null;
  refuseSubmodules(changes);
  const large = await tooLarge(gitDir, { from: base, to: tree });
  if (large !== null) throw new HiveError('policy.denied', `The change is ${large}, which Hive does not merge`);
  const input = typeof message === 'string' ? message : textOf(message);
  const commit = await gitText(['commit-tree', '--no-gpg-sign', '-p', base, tree], { gitDir, input });
  const [patch] = await Promise.all([
    diffOf(gitDir, base, commit),
    git(['update-ref', `refs/hive/commits/${commit}`, commit], { gitDir }),
  ]);
  await failpoint('commit.made');
  return { commit, tree, patch };
};

/** A link to another repository cannot be proved here, and would make the user's git fetch from it. */
const refuseSubmodules = (changes: string): void => {
  const added = /^:(?!160000)\d{6} 160000 .*\t(.*)$/m.exec(changes)?.[1];
  if (added === undefined) return;
  throw new HiveError('policy.denied', `The change adds a submodule (${added}), which Hive does not merge`);
};

const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim();

const textOf = ({ subject, body, trailers }: CommitMessage): string => {
  const lines = Object.entries(trailers).map(([name, value]) => `${name}: ${oneLine(value)}`);
  return [oneLine(subject) || 'Change', body?.trim(), lines.join('\n')].filter(Boolean).join('\n\n') + '\n';
};
