import type { CommitMessage } from '../port.ts';
import { diffOf } from './diff.ts';
import { git, gitText } from './git.ts';

/** A commit of Hive as the port hands it out. */
export type Committed = { readonly commit: string; readonly tree: string; readonly patch: Uint8Array };

/** Makes a commit of a tree on top of `base`, kept under refs/hive/commits; null when nothing differs. */
export const commitTree = async (
  gitDir: string,
  request: { base: string; tree: string; message: CommitMessage | string },
): Promise<Committed | null> => {
  const { base, tree, message } = request;
  if ((await gitText(['rev-parse', `${base}^{tree}`], { gitDir })) === tree) return null;
  const input = typeof message === 'string' ? message : textOf(message);
  const commit = await gitText(['commit-tree', '--no-gpg-sign', '-p', base, tree], { gitDir, input });
  await git(['update-ref', `refs/hive/commits/${commit}`, commit], { gitDir });
  return { commit, tree, patch: await diffOf(gitDir, base, commit) };
};

const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim();

const textOf = ({ subject, body, trailers }: CommitMessage): string => {
  const lines = Object.entries(trailers).map(([name, value]) => `${name}: ${oneLine(value)}`);
  return [oneLine(subject) || 'Change', body?.trim(), lines.join('\n')].filter(Boolean).join('\n\n') + '\n';
};
