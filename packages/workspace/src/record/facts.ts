import type { Evidence } from '@hive/events';
import type { Repo } from '../port.ts';
import { patchDigest, type MergedCommit } from './read-record.ts';

const short = (sha: string | undefined): string => sha?.slice(0, 12) ?? 'nothing';

/** What git knows of a commit and its record says otherwise, a sentence each: tree, base, patch. */
export const againstGit = async (repo: Repo, merged: MergedCommit, evidence: Evidence): Promise<string[]> => {
  const { tree, parents, commit } = merged;
  if (evidence.batch) {
    if (evidence.batch.changes.some((change) => change.tree === tree)) return [];
    return [`the commit has the tree ${short(tree)}, which is none of those that its batch made`];
  }
  const found: string[] = [];
  if (tree !== evidence.tree)
    found.push(`the commit has the tree ${short(tree)}, and the record is about ${short(evidence.tree)}`);
  if (parents[0] !== evidence.base)
    found.push(`the commit stands on ${short(parents[0])}, and was checked on ${short(evidence.base)}`);
  const patch = await patchDigest(repo, evidence.base, commit);
  if (patch !== null && patch !== evidence.patch)
    found.push(`the patch has the SHA-256 ${short(patch)}, and the record says ${short(evidence.patch)}`);
  return found;
};
