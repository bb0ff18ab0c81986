import type { Env, HiveConfig } from '@hive/config';
import { parseDocument } from 'yaml';
import { editHiveYaml } from './edit-hive-yaml.ts';

/** What is written for a repository: commands as argv lists. */
export type RepoProposal = { readonly checks: readonly (readonly string[])[]; readonly setup?: readonly string[] };

/** A command as people write it, where splitting gives it back unchanged; else the list. */
export const commandText = (argv: readonly string[]): string | string[] =>
  argv.every((word) => /^[A-Za-z0-9_/.:=@%+,-]+$/.test(word)) ? argv.join(' ') : [...argv];

/** The text of hive.yaml with the repository's checks and setup; everything else in it stays as it is, comments too. */
export const withRepo = (text: string, repo: string, proposal: RepoProposal): string => {
  const document = parseDocument(text);
  document.setIn(['hive', 'repos', repo, 'checks'], document.createNode(proposal.checks.map(commandText)));
  if (proposal.setup)
    document.setIn(['hive', 'repos', repo, 'setup'], document.createNode(commandText(proposal.setup)));
  return document.toString({ lineWidth: 0 });
};

/** Writes the proposal to the hive.yaml of this configuration and answers its path. What would not load is not written. */
export const writeRepoConfig = async (
  config: HiveConfig,
  options: { readonly env: Env; readonly repo: string; readonly proposal: RepoProposal },
): Promise<string> => {
  const { env, repo, proposal } = options;
  return editHiveYaml(config, { env, edit: (text) => withRepo(text, repo, proposal) });
};
