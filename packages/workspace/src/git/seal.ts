import type { Evidence } from '@hive/events';
import { evidenceDigest, evidenceText, evidenceTrailer } from '../evidence-text.ts';
import { git, gitText } from './git.ts';
import type { Mirror } from './mirror.ts';

/**
 * The commit that is merged: tree and message of `commit`, which was proven, and the digest of its evidence as one more trailer. The evidence names
 * the proven commit, so it cannot be in that one itself. Made of the same it is the same commit, whoever makes it and when.
 */
export const sealCommit = async (
  mirror: Mirror,
  { commit, parents, evidence }: { commit: string; parents: readonly string[]; evidence: Evidence },
): Promise<string> => {
  const { gitDir } = mirror;
  await mirror.bring(commit);
  const [tree, message] = await Promise.all([
    gitText(['rev-parse', '--verify', `${commit}^{tree}`], { gitDir }),
    gitText(['log', '-1', '--format=%B', commit, '--'], { gitDir }),
  ]);
  // When its last check had ended: later than that of the commit before it.
  const date = `${Math.floor(Date.parse(evidence.batch?.at ?? evidence.at) / 1000)} +0000`;
  const sealed = await gitText(['commit-tree', '--no-gpg-sign', ...parents.flatMap((parent) => ['-p', parent]), tree], {
    gitDir,
    input: withTrailer(message, `${evidenceTrailer}: sha256:${evidenceDigest(evidenceText(evidence))}`),
    env: { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date },
  });
  await git(['update-ref', `refs/hive/commits/${sealed}`, sealed], { gitDir });
  return sealed;
};

/** At the end of the trailers that are there, in place of one of the same name; else as a paragraph of its own. */
const withTrailer = (message: string, trailer: string): string => {
  const text = message.trimEnd();
  const start = text.lastIndexOf('\n\n') + 2;
  const last = text.slice(start).split('\n');
  const hasTrailers = start > 1 && last.every((line) => /^[A-Za-z][\w-]*: /.test(line));
  if (!hasTrailers) return `${text}\n\n${trailer}\n`;
  const others = last.filter((line) => !line.startsWith(`${evidenceTrailer}:`));
  return `${text.slice(0, start)}${[...others, trailer].join('\n')}\n`;
};
